/**
 * The cues of a transcript as they stand in the page. Words get elements of their own only where that
 * is asked for, so that a transcript of three hours opens as fast as a short one.
 */

const MOST = 40; // cues whose words have elements; in three hours there would be thousands
const SPECIAL = ".doubtful, .inaudible"; // parts of a cue that are not as they were said

export class Cues {
  /** root: the element with the cues inside. */
  constructor(root) {
    this.root = root;
    this.steps = []; // of each cue, for each of its words as spaces part them
    this.finds = new Map(); // cue index -> [[from, to, current], ...] in its text
    this.enhanced = new Set();
    this.collect();
  }

  /** Takes stock of the cues, anew where some have come. */
  collect() {
    this.nodes = [...this.root.querySelectorAll(".cue")];
    this.starts = this.nodes.map((node) => Number(node.dataset.start));
    this.read = []; // of those cues that were asked for, as are their special parts
    this.specials = [];
  }

  /** Takes in cues that come after all others. */
  append(nodes) {
    this.nodes.push(...nodes);
    this.starts.push(...nodes.map((node) => Number(node.dataset.start)));
  }

  /** What a cue says. */
  text(index) {
    return (this.read[index] ??= this.nodes[index].textContent);
  }

  /** What all cues say. */
  get texts() {
    return this.nodes.map((_, index) => this.text(index));
  }

  /** steps: of each cue, for each word, hundredths of a second since the one before. */
  takeWords(steps) {
    this.steps = steps;
    this.begun = [];
  }

  /** When the words of a cue begin, seconds; none while nobody knows. */
  wordStarts(index) {
    const steps = this.steps[index];
    if (!steps) return [];
    let time = Math.round(this.starts[index] * 100);
    return (this.begun[index] ??= steps.map((step) => (time += step) / 100));
  }

  wordNode(index, position) {
    return this.nodes[index].querySelector(`.word[data-word="${position}"]`);
  }

  /** When the word at a letter of a cue's text is said, seconds. */
  timeOf(index, letter) {
    const place = this.places(index).find(([, to]) => to > letter);
    return this.wordStarts(index)[place?.[2]] ?? this.starts[index];
  }

  /** Gives the words of a cue elements of their own; whether it was drawn anew. */
  enhance(index) {
    if (index < 0 || this.enhanced.has(index) || !this.wordStarts(index).length) return false;
    const selection = getSelection(); // new elements would take it away
    if (!selection.isCollapsed && selection.containsNode(this.nodes[index], true)) return false;
    this.enhanced.add(index);
    this.draw(index);
    this.prune();
    return true;
  }

  /* The oldest become plain text again, but for what somebody is at. */
  prune() {
    for (const index of this.enhanced) {
      if (this.enhanced.size <= MOST) return;
      const node = this.nodes[index];
      const inUse =
        node.hasAttribute("aria-current") ||
        node.contains(document.activeElement) ||
        getSelection().containsNode(node, true);
      if (inUse) continue;
      this.enhanced.delete(index);
      this.draw(index);
    }
  }

  /** Marks stretches of cues: a map from cue index to [[from, to, current], ...]; answers which. */
  mark(finds) {
    const touched = new Set([...this.finds.keys(), ...finds.keys()]);
    this.finds = finds;
    for (const index of touched) this.draw(index);
    return touched;
  }

  draw(index) {
    const cue = this.nodes[index];
    const text = this.text(index);
    const finds = this.finds.get(index) ?? [];
    const specials = (this.specials[index] ??= specialParts(cue));
    const focused = cue.contains(document.activeElement) && document.activeElement !== cue;
    const focusedWord = focused ? document.activeElement.dataset.word : undefined;
    const piece = (from, to) => dressed(text, from, to, finds, specials);
    cue.textContent = "";
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
  }

  /* Where the words of a cue stand in its text: [from, to, position]. */
  places(index) {
    const places = [];
    for (const { 0: word, index: from } of this.text(index).matchAll(/\S+/gu)) {
      places.push([from, from + word.length, places.length]);
    }
    return places;
  }
}

/* The parts of a cue that are not as they were said: [from, to, element] in its text. */
function specialParts(cue) {
  if (!cue.firstElementChild) return [];
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
