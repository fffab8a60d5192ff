/** A transcript that grows or is exchanged while somebody reads it: what is in sight keeps its place. */
import { inTwoFrames, untilSettled } from "./frames.js";

/**
 * Takes over from a fresh copy of a transcript's root what has been written down since. What is here
 * already stays as it is, and where it is: it may be read, marked or in focus right now.
 */
export function takeIn(transcript, fresh) {
  keepingPlace(transcript, () => fill(transcript.root, fresh));
}

/** Where the reader of a transcript is, for the one that takes its place. */
export function placeOf({ cues, following }) {
  const focused = cues.nodes.find((node) => node.contains(document.activeElement));
  const inSight = cues.nodes.filter((node) => following.comfortable(node));
  const cue = inSight.includes(focused) ? focused : inSight[0];
  return {
    follows: following.on,
    pausedByHand: following.pausedByHand,
    at: cue && Number(cue.dataset.start),
    top: cue?.getBoundingClientRect().top,
    focus: focused && Number(focused.dataset.start),
  };
}

/** Scrolls by as much as a node is away from its place in the window, `top`. */
export function align(following, node, top) {
  const scroll = () => {
    const away = node.getBoundingClientRect().top - top;
    if (Math.abs(away) >= 1) following.area.scrollBy({ top: away, behavior: "instant" });
  };
  scroll();
  untilSettled(scroll);
}

/* Changes the text; what is in sight keeps its place, whatever comes or goes above it. */
function keepingPlace({ root, following }, change) {
  const held = [...root.querySelectorAll(".para")].find((para) => following.visible(para));
  const before = held?.getBoundingClientRect().top;
  const area = following.ownScroll ? following.scroller : document.documentElement;
  area.style.overflowAnchor = "none"; // browsers that hold the place themselves would do it twice
  change();
  if (held?.isConnected) align(following, held, before);
  inTwoFrames(() => (area.style.overflowAnchor = ""));
}

function fill(root, fresh) {
  const text = root.querySelector(".transcript__text");
  const known = new Map([...text.children].map((block) => [block.dataset.block, block]));
  let last = null;
  for (const block of [...fresh.querySelector(".transcript__text").children]) {
    const old = known.get(block.dataset.block);
    known.delete(block.dataset.block);
    if (!old) {
      block.querySelectorAll(".cue").forEach((cue) => cue.removeAttribute("aria-current"));
      if (last) last.after(document.adoptNode(block));
      else text.prepend(document.adoptNode(block));
    }
    last = old ?? block;
  }
  known.forEach((block) => block.remove());
}
