/** Copies what is selected in the transcript as a quotation: a button at the selection, and a key. */
import { copied } from "./clipboard.js";
import { DragSelect } from "./drag-select.js";
import { quotation } from "./quotation.js";

const CALM = 150; // milliseconds without a change of the selection
const SHOWN = 2500; // milliseconds for which it says that it is done
const GAP = 8; // pixels between the selection and the button
const HANDLES = 56; // the same for fingers: below the selection hang its handles

export class Quote {
  /**
   * root: [data-quote]; dialog: [data-quote-dialog], for browsers that copy nothing; transcript: a
   * Transcript; address: of a second, as text.
   */
  constructor(root, dialog, transcript, address) {
    this.root = root;
    this.dialog = dialog;
    this.transcript = transcript;
    this.address = address;
    this.button = root.querySelector("[data-quote-copy]");
    this.done = root.querySelector("[data-quote-done]");
    this.drag = new DragSelect(transcript.following.scroller);
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    document.addEventListener("selectionchange", () => this.soon(), options);
    document.addEventListener("keydown", (event) => this.keyed(event), options);
    for (const area of [window, transcript.following.scroller]) {
      area.addEventListener("scroll", () => this.place(), { ...options, passive: true });
    }
    // The selection stays when the button is pressed.
    this.button.addEventListener("pointerdown", (event) => event.preventDefault(), options);
    this.button.addEventListener("click", () => this.copy(), options);
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), CALM);
  }

  look() {
    this.range = this.selected();
    this.button.hidden = !this.range;
    this.place();
  }

  /* The selected part of the text; null where nothing of it is. */
  selected() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return null;
    const text = this.transcript.root.querySelector(".transcript__text");
    if (!text.contains(selection.anchorNode) && !text.contains(selection.focusNode)) return null;
    const range = selection.getRangeAt(0);
    return this.parts(range).length ? range : null;
  }

  /* Below what is selected; where there is no room, above it. */
  place() {
    if (!this.range || this.button.hidden) return;
    const gap = matchMedia("(pointer: coarse)").matches ? HANDLES : GAP;
    const boxes = [...this.range.getClientRects()];
    const last = boxes.at(-1);
    if (!last) return;
    const { offsetWidth: width, offsetHeight: height } = this.button;
    const { top, bottom } = this.transcript.following.window();
    const below = last.bottom + gap;
    const above = boxes[0].top - gap - height;
    const y = below + height <= bottom ? below : above >= top ? above : bottom - height - gap;
    const x = Math.min(innerWidth - width - GAP, Math.max(GAP, last.right - width / 2));
    this.button.style.top = `${Math.max(top, y)}px`;
    this.button.style.left = `${x}px`;
  }

  /* The cues in a range: [index, from, to] in the text of each. */
  parts(range) {
    const { nodes } = this.transcript.cues;
    const first = nodes.findIndex((node) => range.intersectsNode(node));
    const parts = [];
    for (let index = first; index >= 0 && index < nodes.length; index += 1) {
      if (!range.intersectsNode(nodes[index])) break;
      const [from, to] = within(range, nodes[index]);
      if (this.transcript.cues.text(index).slice(from, to).trim()) parts.push([index, from, to]);
    }
    return parts;
  }

  keyed(event) {
    if (event.key === "Escape" && document.activeElement === this.button) getSelection().empty();
    const forward = event.key === "Tab" && !event.shiftKey;
    if (!forward || this.button.hidden || document.activeElement === this.button) return;
    event.preventDefault();
    this.button.focus({ preventScroll: true });
  }

  /** Copies what is selected or, where nothing is, the line in focus or the one that is spoken. */
  async copy() {
    const range = this.range ?? this.selected();
    const parts = range ? this.parts(range) : this.line();
    if (!parts.length) return;
    const text = this.written(parts);
    if (await copied(text)) return this.tell();
    const field = this.dialog.querySelector("textarea");
    field.value = text;
    this.dialog.showModal();
    field.select();
  }

  line() {
    const { cues, spoken } = this.transcript;
    const focused = cues.nodes.findIndex((node) => node.contains(document.activeElement));
    const index = focused >= 0 ? focused : spoken;
    return index >= 0 ? [[index, 0, cues.text(index).length]] : [];
  }

  written(parts) {
    const { cues } = this.transcript;
    const [first, from] = parts[0];
    const time = cues.timeOf(first, from);
    const { title, event } = this.root.dataset;
    const said = parts.map(([index, start, end]) => ({
      speaker: speakerOf(cues.nodes[index]),
      text: cues.text(index).slice(start, end),
      language: cues.nodes[index].closest("[lang]").lang,
    }));
    return quotation(said, { title, event, time, link: this.address(time) });
  }

  tell() {
    const { copy, copied: done } = this.button.dataset;
    this.done.textContent = done;
    this.button.textContent = done;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => {
      this.done.textContent = "";
      this.button.textContent = copy;
    }, SHOWN);
  }

  destroy() {
    clearTimeout(this.waiting);
    clearTimeout(this.fading);
    this.button.hidden = true;
    this.drag.destroy();
    this.abort.abort();
  }
}

/* Where a range lies in the text of a cue: [from, to]. */
function within(range, cue) {
  const before = document.createRange();
  before.selectNodeContents(cue);
  const whole = String(before).length;
  const offset = (node, at) => {
    if (!cue.contains(node)) return null;
    before.setEnd(node, at);
    return String(before).length;
  };
  const from = offset(range.startContainer, range.startOffset) ?? 0;
  const to = offset(range.endContainer, range.endOffset) ?? whole;
  return [from, to];
}

/* Who says a cue: the name stands where the speaker changes. */
function speakerOf(cue) {
  let block = cue.closest(".para");
  while (block) {
    const name = block.querySelector(".para__speaker");
    if (name) return name.textContent.trim();
    block = block.previousElementSibling;
  }
  return "";
}
