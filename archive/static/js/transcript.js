/**
 * The transcript beside the video: marks the spoken cue and word, follows them, and seeks.
 *
 * The server sends cues as links. Words get elements of their own only in cues that are spoken,
 * pointed at or focused, so that a transcript of three hours opens as fast as a short one.
 */
import { addressed, lastStarted } from "./time.js";

const QUIET = 250; // milliseconds after which scrolling by hand is over
const SCROLL_KEYS = new Set(["PageUp", "PageDown", "Home", "End"]);
const EARLY = 0.06; // seconds; addresses hold tenths, so a cue may begin a little later than asked
const SPECIAL = ".doubtful, .inaudible"; // parts of a cue that are not as they were said

export class Transcript {
  /**
   * root: [data-transcript]; player: a Player, or null where nothing can be played; openAt: seconds,
   * or null; follows: whether the text follows the player.
   */
  constructor(root, player, { openAt = null, follows = Boolean(player) } = {}) {
    this.root = root;
    this.player = player;
    this.scroller = root.querySelector("[data-scroller]");
    this.followSwitch = root.querySelector("[data-follow]");
    this.back = root.querySelector("[data-back]");
    this.collect();
    this.words = []; // of each cue [text, start, end] in order
    this.wordStarts = [];
    this.finds = new Map(); // cue index -> [[from, to, current], ...] in its text
    this.enhanced = new Set();
    this.spoken = -1;
    this.spokenWord = null;
    this.gap = undefined; // the stretch without a text in which the player is
    this.follows = follows;
    this.pausedByHand = false;
    this.byHandUntil = 0;
    this.abort = new AbortController();
    this.listen();
    this.prepareFocus();
    if (player) {
      this.followSwitch.hidden = false;
      this.stopListening = player.onTime((time) => this.update(time));
      const marked = this.nodes.findIndex((node) => node.hasAttribute("aria-current"));
      if (marked >= 0) this.speak(marked);
      if (openAt !== null) {
        this.update(openAt);
        this.reveal(this.here, { jump: true });
      }
    }
    whenIdle(() => this.loadWords());
  }

  /* The cues as they stand in the page, and the stretches that have no text. */
  collect() {
    this.nodes = [...this.root.querySelectorAll(".cue")];
    this.texts = this.nodes.map((node) => node.textContent);
    this.starts = this.nodes.map((node) => Number(node.dataset.start));
    this.specials = this.nodes.map(specialParts);
    this.gaps = [...this.root.querySelectorAll(".missing")];
  }

  listen() {
    const options = { signal: this.abort.signal };
    this.root.addEventListener("click", (event) => this.clicked(event), options);
    this.root.addEventListener("keydown", (event) => this.keyed(event), options);
    this.root.addEventListener("pointerover", (event) => this.pointed(event), options);
    this.root.addEventListener("focusin", (event) => this.focused(event), options);
    this.followSwitch.addEventListener("click", () => this.setFollow(!this.follows), options);
    this.back.addEventListener("click", () => this.backToSpoken(), options);
    this.root
      .querySelector("[data-making]")
      ?.addEventListener("click", (event) => this.showMaking(event), options);
    const byHand = { signal: this.abort.signal, passive: true };
    for (const area of [this.scroller, window]) {
      for (const event of ["wheel", "touchmove"]) {
        area.addEventListener(event, () => this.scrolledByHand(area), byHand);
      }
      area.addEventListener("scroll", () => this.scrolled(area), byHand);
    }
    this.scroller.addEventListener(
      "pointerdown",
      (event) => event.target === this.scroller && this.scrolledByHand(this.scroller),
      byHand,
    );
    window.addEventListener(
      "keydown",
      (event) => SCROLL_KEYS.has(event.key) && this.scrolledByHand(this.area),
      byHand,
    );
  }

  /* One stop for the Tab key; arrow keys move inside. */
  prepareFocus() {
    this.nodes.forEach((node) => {
      node.tabIndex = -1;
      node.draggable = false;
    });
    this.roving = -1;
    if (this.nodes.length) this.rove(0);
  }

  rove(index) {
    if (this.nodes[this.roving]) this.nodes[this.roving].tabIndex = -1;
    this.roving = index;
    this.nodes[index].tabIndex = 0;
  }

  async loadWords() {
    if (!this.root.dataset.url || this.abort.signal.aborted) return; // what is written down so far has no times of words
    try {
      const answer = await fetch(this.root.dataset.url, { signal: this.abort.signal });
      if (!answer.ok) return;
      const { revision, cues } = await answer.json();
      if (String(revision) !== this.root.dataset.revision) return; // newer than this page
      this.words = cues;
      this.wordStarts = cues.map((words) => words.map(([, start]) => start));
      if (this.spoken >= 0) this.enhance(this.spoken);
      if (this.player) this.update(this.player.time);
      this.root.dataset.words = "ready";
    } catch (error) {
      if (error.name !== "AbortError") console.warn("No words with times:", error);
    }
  }

  /** Marks what is spoken at `time`, seconds. */
  update(time) {
    this.enter(this.gaps.find(({ dataset }) => dataset.start <= time && time < dataset.end));
    const index = this.gap ? -1 : lastStarted(this.starts, time + EARLY);
    if (index !== this.spoken) this.speak(index);
    if (index < 0) return;
    this.enhance(index);
    const position = lastStarted(this.wordStarts[index] ?? [], time + EARLY);
    this.speakWord(this.wordNode(index, Math.max(0, position)));
  }

  /* Into a stretch that has no text, or out of it. */
  enter(gap) {
    if (gap === this.gap) return;
    this.gap?.removeAttribute("aria-current");
    this.gap = gap;
    gap?.setAttribute("aria-current", "true");
    if (gap && this.follows && !this.player.paused) this.reveal(gap);
  }

  /* What is spoken now, or the stretch without a text in which that would stand. */
  get here() {
    return this.gap ?? this.nodes[this.spoken];
  }

  speak(index) {
    this.nodes[this.spoken]?.removeAttribute("aria-current");
    this.spoken = index;
    this.speakWord(null);
    if (index < 0) return;
    this.nodes[index].setAttribute("aria-current", "true");
    if (!this.text.contains(document.activeElement)) this.rove(index);
    if (this.follows) this.reveal(this.here);
    this.showBack();
  }

  speakWord(node) {
    if (node === this.spokenWord) return;
    this.spokenWord?.classList.remove("word--spoken");
    node?.classList.add("word--spoken");
    this.spokenWord = node;
  }

  wordNode(index, position) {
    return this.nodes[index].querySelector(`.word[data-word="${position}"]`);
  }

  /* Following */

  get text() {
    return this.scroller;
  }

  get ownScroll() {
    return getComputedStyle(this.scroller).overflowY === "auto";
  }

  get area() {
    return this.ownScroll ? this.scroller : window;
  }

  setFollow(on, byHand = false) {
    this.follows = on;
    this.pausedByHand = !on && byHand;
    this.followSwitch.setAttribute("aria-checked", String(on));
    if (on) this.reveal(this.here, { jump: true });
    this.showBack();
  }

  backToSpoken() {
    this.setFollow(true);
    if (this.spoken >= 0) this.nodes[this.spoken].focus({ preventScroll: true });
  }

  /* Goes to the end, where it stands how the text was made, and stays there. */
  showMaking(event) {
    event.preventDefault();
    this.setFollow(false, true);
    const making = this.root.querySelector(".making");
    this.reveal(making, { jump: true });
    making.focus({ preventScroll: true });
  }

  scrolledByHand(area) {
    if (area !== this.area) return;
    this.byHandUntil = performance.now() + QUIET;
    this.scrolled(area);
  }

  /* Scrolling by hand pauses following once it has led away from the spoken line. */
  scrolled(area) {
    if (area !== this.area || performance.now() > this.byHandUntil) return;
    this.byHandUntil = performance.now() + QUIET;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (!this.here) return;
      if (this.follows && !this.visible(this.here)) this.setFollow(false, true);
      else if (this.pausedByHand && this.visible(this.here)) this.setFollow(true);
    }, QUIET);
  }

  showBack() {
    this.back.hidden = !(this.pausedByHand && this.here);
  }

  /* What can be seen of the transcript: top and bottom in the window. */
  window() {
    if (this.ownScroll) {
      const { top, bottom } = this.scroller.getBoundingClientRect();
      return { top, bottom };
    }
    const stage = document.querySelector(".session__stage");
    const sticky = stage && getComputedStyle(stage).position === "sticky";
    const top = sticky ? Math.max(0, stage.getBoundingClientRect().bottom) : 0;
    return { top, bottom: window.innerHeight };
  }

  visible(node) {
    const box = node.getBoundingClientRect();
    const { top, bottom } = this.window();
    return box.bottom > top && box.top < bottom;
  }

  /** Scrolls a cue into sight. Unless `jump`, a page whose reader is elsewhere is left alone. */
  reveal(node, { jump = false } = {}) {
    if (!node || (!jump && performance.now() < this.byHandUntil)) return;
    const { top, bottom } = this.window();
    if (!jump && !this.ownScroll && this.scroller.getBoundingClientRect().top > bottom * 0.75) return;
    const place = () => {
      const box = node.getBoundingClientRect();
      const height = bottom - top;
      if (!jump && box.top > top + height * 0.12 && box.bottom < bottom - height * 0.25) return;
      const distance = box.top - (top + height * 0.3);
      const calm = jump || matchMedia("(prefers-reduced-motion: reduce)").matches;
      const far = Math.abs(distance) > height * 2;
      this.area.scrollBy({ top: distance, behavior: calm || far ? "instant" : "smooth" });
    };
    place();
    if (jump) untilSettled(place);
  }

  /* Seeking */

  clicked(event) {
    const moment = event.target.closest("[data-moment]");
    if (moment && this.player && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      return this.play(Number(moment.dataset.moment));
    }
    const cue = event.target.closest(".cue");
    if (!cue || !this.player || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (String(getSelection()).length > 1) return; // someone is marking text to copy it
    this.go(cue, event.target.closest(".word"));
  }

  go(cue, word) {
    const index = this.nodes.indexOf(cue);
    const said = word ? this.words[index]?.[Number(word.dataset.word)] : null;
    const time = said ? said[1] : this.starts[index];
    this.play(time);
  }

  play(time) {
    this.player.seek(time);
    this.player.play();
    if (this.pausedByHand) this.setFollow(true);
    const address = new URL(location.href);
    address.searchParams.set("t", addressed(time));
    history.replaceState(history.state, "", address);
  }

  pointed(event) {
    const cue = event.target.closest?.(".cue");
    if (cue) this.enhance(this.nodes.indexOf(cue));
  }

  focused(event) {
    const cue = event.target.closest(".cue");
    if (!cue) return;
    const index = this.nodes.indexOf(cue);
    this.enhance(index);
    this.rove(index);
  }

  keyed(event) {
    const cue = event.target.closest(".cue");
    if (!cue || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = this.nodes.indexOf(cue);
    const word = event.target.closest(".word");
    if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      return this.extend(index, event.key === "ArrowDown" ? 1 : -1);
    }
    const moves = {
      ArrowDown: () => this.focusCue(index + 1),
      ArrowUp: () => this.focusCue(index - 1),
      Home: () => this.focusCue(0),
      End: () => this.focusCue(this.nodes.length - 1),
      ArrowRight: () => this.focusWord(index, word ? Number(word.dataset.word) + 1 : 0),
      ArrowLeft: () => this.focusWord(index, word ? Number(word.dataset.word) - 1 : -1),
      Enter: () => this.player && this.go(cue, word),
      " ": () => this.player?.toggle(),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }

  /* Selects the cue at `index`, or takes the next one on that side in. */
  extend(index, by) {
    const selection = getSelection();
    const end = this.nodes.findIndex((node) => node.contains(selection.focusNode));
    const begun = !selection.isCollapsed && this.nodes[index].contains(selection.anchorNode);
    const reach = begun && end >= 0 ? Math.min(this.nodes.length - 1, Math.max(0, end + by)) : index;
    const [here, there] = [this.nodes[index], this.nodes[reach]];
    if (reach < index) selection.setBaseAndExtent(here, here.childNodes.length, there, 0);
    else selection.setBaseAndExtent(here, 0, there, there.childNodes.length);
    this.lookAt(reach);
  }

  focusCue(index) {
    const node = this.nodes[Math.min(this.nodes.length - 1, Math.max(0, index))];
    node.focus({ preventScroll: true });
    this.lookAt(this.nodes.indexOf(node));
  }

  /* Beyond the last word lies the next cue, before the first the one before. */
  focusWord(index, position) {
    if (position < 0) {
      if (index === 0) return;
      this.enhance(index - 1);
      return this.focusWord(index - 1, Math.max(0, (this.words[index - 1]?.length ?? 1) - 1));
    }
    this.enhance(index);
    const node = this.wordNode(index, position);
    if (node) {
      node.focus({ preventScroll: true });
      this.lookAt(index);
    } else if (index + 1 < this.nodes.length) {
      this.enhance(index + 1);
      (this.wordNode(index + 1, 0) ?? this.nodes[index + 1]).focus({ preventScroll: true });
      this.lookAt(index + 1);
    }
  }

  /** Shows a cue that the reader went to; following waits if that leads away from the spoken line. */
  lookAt(index) {
    if (!this.comfortable(index)) this.reveal(this.nodes[index], { jump: true });
    if (this.follows && this.here && !this.visible(this.here)) this.setFollow(false, true);
  }

  comfortable(index) {
    const box = this.nodes[index].getBoundingClientRect();
    const { top, bottom } = this.window();
    return box.top > top + 8 && box.bottom < bottom - 8;
  }

  /* Drawing */

  /** Gives the words of a cue elements of their own. */
  enhance(index) {
    if (index < 0 || this.enhanced.has(index) || !this.words[index]?.length) return;
    const selection = getSelection(); // new elements would take it away
    if (!selection.isCollapsed && selection.containsNode(this.nodes[index], true)) return;
    this.enhanced.add(index);
    this.draw(index);
  }

  /** Marks stretches of cues: a map from cue index to [[from, to, current], ...]. */
  mark(finds) {
    const touched = new Set([...this.finds.keys(), ...finds.keys()]);
    this.finds = finds;
    for (const index of touched) this.draw(index);
  }

  draw(index) {
    const cue = this.nodes[index];
    const text = this.texts[index];
    const finds = this.finds.get(index) ?? [];
    const focused = cue.contains(document.activeElement) && document.activeElement !== cue;
    const focusedWord = focused ? document.activeElement.dataset.word : undefined;
    cue.textContent = "";
    const specials = this.specials[index];
    const piece = (from, to) => dressed(text, from, to, finds, specials);
    let done = 0;
    for (const [from, to, position] of this.enhanced.has(index) ? this.places(index) : []) {
      if (from > done) cue.append(piece(done, from));
      const span = document.createElement("span");
      span.className = "word";
      span.dataset.word = position;
      span.tabIndex = -1;
      span.append(piece(from, to));
      cue.append(span);
      done = to;
    }
    if (done < text.length) cue.append(piece(done, text.length));
    if (focusedWord !== undefined) this.wordNode(index, focusedWord)?.focus({ preventScroll: true });
    if (index === this.spoken) {
      this.spokenWord = null;
      if (this.player) this.update(this.player.time);
    }
  }

  /* Where the words of a cue stand in its text: [from, to, position]. */
  places(index) {
    const text = this.texts[index];
    const places = [];
    let cursor = 0;
    this.words[index].forEach(([word], position) => {
      const from = text.indexOf(word, cursor);
      if (from < 0) return;
      cursor = from + word.length;
      places.push([from, cursor, position]);
    });
    return places;
  }

  /* Renewal */

  /**
   * Takes over from a fresh copy of the root what has been written down since. What is here
   * already stays as it is, and where it is: it may be read, marked or in focus right now.
   */
  take(fresh) {
    const spoken = this.nodes[this.spoken];
    const focusable = this.nodes[this.roving];
    this.mark(new Map());
    this.keepingPlace(() => this.fill(fresh));
    this.collect();
    this.nodes.forEach((node, index) => (node.id = `cue-${index}`));
    this.spoken = this.nodes.indexOf(spoken);
    this.prepareFocus();
    if (focusable) this.rove(this.nodes.indexOf(focusable));
    if (!this.gap?.isConnected) this.gap = undefined;
    this.catchUp();
  }

  /* Marks what is spoken; only a player that plays leads the eye there. */
  catchUp() {
    if (!this.player) return;
    const { follows } = this;
    this.follows = follows && !this.player.paused;
    this.update(this.player.time);
    this.follows = follows;
    this.showBack();
  }

  fill(fresh) {
    const text = this.root.querySelector(".transcript__text");
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

  /* Changes the text; what is in sight keeps its place, whatever comes or goes above it. */
  keepingPlace(change) {
    const held = [...this.root.querySelectorAll(".para")].find((para) => this.visible(para));
    const before = held?.getBoundingClientRect().top;
    const area = this.ownScroll ? this.scroller : document.documentElement;
    area.style.overflowAnchor = "none"; // browsers that hold the place themselves would do it twice
    change();
    if (held?.isConnected) this.align(held, before);
    inTwoFrames(() => (area.style.overflowAnchor = ""));
  }

  /* Scrolls by as much as a node is away from its place in the window. */
  align(node, top) {
    const scroll = () => {
      const away = node.getBoundingClientRect().top - top;
      if (Math.abs(away) >= 1) this.area.scrollBy({ top: away, behavior: "instant" });
    };
    scroll();
    untilSettled(scroll);
  }

  /** Where the reader is, for the transcript that takes the place of this one. */
  get place() {
    const focused = this.nodes.find((node) => node.contains(document.activeElement));
    const inSight = this.nodes.filter((_, index) => this.comfortable(index));
    const cue = inSight.includes(focused) ? focused : inSight[0];
    return {
      follows: this.follows,
      pausedByHand: this.pausedByHand,
      at: cue && Number(cue.dataset.start),
      top: cue?.getBoundingClientRect().top,
      focus: focused && Number(focused.dataset.start),
    };
  }

  /** Goes where the reader was in the transcript before this one. */
  resume({ follows, pausedByHand, at, top, focus }) {
    this.pausedByHand = pausedByHand;
    this.followSwitch.setAttribute("aria-checked", String(follows));
    this.showBack();
    if (focus !== undefined) this.nearest(focus)?.focus({ preventScroll: true });
    const cue = at === undefined ? undefined : this.nearest(at);
    if (cue) this.align(cue, top);
    this.catchUp();
  }

  /** What is said at `time`, seconds; nothing in a stretch without a text. */
  textAt(time) {
    const gap = this.gaps.some(({ dataset }) => dataset.start <= time && time < dataset.end);
    return gap ? "" : (this.texts[lastStarted(this.starts, time + EARLY)] ?? "");
  }

  /** When the word at a letter of a cue's text is said, seconds. */
  timeOf(index, letter) {
    const places = this.words[index] ? this.places(index) : [];
    const place = places.find(([, to]) => to > letter);
    return place ? this.words[index][place[2]][1] : this.starts[index];
  }

  nearest(time) {
    return this.nodes[Math.max(0, lastStarted(this.starts, time + EARLY))];
  }

  destroy() {
    clearTimeout(this.settling);
    this.stopListening?.();
    this.abort.abort();
  }
}

/* Paragraphs out of sight have an estimated height only: places again what they move, as they come. */
function untilSettled(place, rounds = 4) {
  inTwoFrames(() => {
    place();
    if (rounds > 1) untilSettled(place, rounds - 1);
  });
}

/* Words weigh more than the page; it is there, and can be used, before them. */
function whenIdle(action) {
  if (window.requestIdleCallback) requestIdleCallback(action, { timeout: 1000 });
  else setTimeout(action, 200);
}

/* Once what is new has been laid out. */
function inTwoFrames(action) {
  requestAnimationFrame(() => requestAnimationFrame(action));
}

/* The parts of a cue that are not as they were said: [from, to, element] in its text. */
function specialParts(cue) {
  let offset = 0;
  const parts = [];
  for (const child of cue.childNodes) {
    const from = offset;
    offset += child.textContent.length;
    if (child.nodeType === Node.ELEMENT_NODE && child.matches(SPECIAL)) {
      parts.push([from, offset, child]);
    }
  }
  return parts;
}

/* A stretch of text as nodes, with its special parts in elements like those the server sent. */
function dressed(text, from, to, finds, specials) {
  const piece = document.createDocumentFragment();
  let done = from;
  for (const [start, end, element] of specials) {
    const left = Math.max(start, from);
    const right = Math.min(end, to);
    if (left >= right) continue;
    if (left > done) piece.append(marked(text, done, left, finds));
    const dress = element.cloneNode(false);
    dress.append(marked(text, left, right, finds));
    piece.append(dress);
    done = right;
  }
  if (done < to) piece.append(marked(text, done, to, finds));
  return piece;
}

/* A stretch of text as nodes, with the found parts of it in <mark>. */
function marked(text, from, to, finds) {
  const piece = document.createDocumentFragment();
  let done = from;
  for (const [start, end, current] of finds) {
    const left = Math.max(start, from);
    const right = Math.min(end, to);
    if (left >= right) continue;
    if (left > done) piece.append(text.slice(done, left));
    const mark = document.createElement("mark");
    mark.textContent = text.slice(left, right);
    if (current) mark.className = "found--current";
    piece.append(mark);
    done = right;
  }
  if (done < to) piece.append(text.slice(done, to));
  return piece;
}
