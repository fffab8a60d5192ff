/** One stop of the Tab key for a whole transcript; arrow keys go from line to line, word to word. */
import { whenIdle } from "./frames.js";

const AT_ONCE = 200; // cues that are made ready in one go

export class CueKeys {
  /** transcript: a Transcript; play: called with a cue and a word of it, or null, to play from there. */
  constructor(transcript, play) {
    this.transcript = transcript;
    this.cues = transcript.cues;
    this.play = play;
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    transcript.root.addEventListener("keydown", (event) => this.keyed(event), options);
    transcript.root.addEventListener("dragstart", (event) => this.dragged(event), options);
    this.prepare();
  }

  /** Makes the cues one stop, anew where some have come. */
  prepare() {
    this.stop = -1;
    if (this.cues.nodes.length) this.rove(0);
    this.passOver(this.cues.nodes);
  }

  /** Takes cues, but for the one it stops at, out of the order of the Tab key; the first at once. */
  passOver(nodes) {
    if (this.abort.signal.aborted) return;
    for (const node of nodes.slice(0, AT_ONCE)) {
      if (node !== this.cues.nodes[this.stop]) node.tabIndex = -1;
    }
    if (nodes.length > AT_ONCE) whenIdle(() => this.passOver(nodes.slice(AT_ONCE)));
  }

  /* A line is a link, but text to select: nobody drags it away as a link. */
  dragged(event) {
    if (event.target.closest?.(".cue")) event.preventDefault();
  }

  rove(index) {
    if (this.cues.nodes[this.stop]) this.cues.nodes[this.stop].tabIndex = -1;
    this.stop = index;
    this.cues.nodes[index].tabIndex = 0;
  }

  keyed(event) {
    const cue = event.target.closest(".cue");
    if (!cue || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = this.cues.nodes.indexOf(cue);
    const word = event.target.closest(".word");
    const at = word ? Number(word.dataset.word) : -1;
    const moves = {
      ArrowDown: () => (event.shiftKey ? this.select(index, 1) : this.focus(index + 1)),
      ArrowUp: () => (event.shiftKey ? this.select(index, -1) : this.focus(index - 1)),
      Home: () => this.focus(0),
      End: () => this.focus(this.cues.nodes.length - 1),
      ArrowRight: () => this.focusWord(index, at + 1),
      ArrowLeft: () => this.focusWord(index, at - 1),
      Enter: () => this.play(cue, word),
      " ": () => this.transcript.player?.toggle(),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }

  focus(index) {
    const last = this.cues.nodes.length - 1;
    const to = Math.min(last, Math.max(0, index));
    this.cues.nodes[to].focus({ preventScroll: true });
    this.transcript.lookAt(to);
  }

  /* Beyond the last word lies the next cue, before the first the one before. */
  focusWord(index, position) {
    if (position < 0) {
      if (index === 0) return;
      const before = this.cues.wordStarts(index - 1).length;
      return this.focusWord(index - 1, Math.max(0, before - 1));
    }
    this.transcript.enhance(index);
    const node = this.cues.wordNode(index, position);
    if (node) {
      node.focus({ preventScroll: true });
      this.transcript.lookAt(index);
    } else if (index + 1 < this.cues.nodes.length) {
      this.transcript.enhance(index + 1);
      const next = this.cues.wordNode(index + 1, 0) ?? this.cues.nodes[index + 1];
      next.focus({ preventScroll: true });
      this.transcript.lookAt(index + 1);
    }
  }

  /* Selects the cue at `index`, or takes in the next one on that side. */
  select(index, by) {
    const { nodes } = this.cues;
    const selection = getSelection();
    const end = nodes.findIndex((node) => node.contains(selection.focusNode));
    const begun = !selection.isCollapsed && nodes[index].contains(selection.anchorNode) && end >= 0;
    const reach = begun ? Math.min(nodes.length - 1, Math.max(0, end + by)) : index;
    const [here, there] = [nodes[index], nodes[reach]];
    if (reach < index) selection.setBaseAndExtent(here, here.childNodes.length, there, 0);
    else selection.setBaseAndExtent(here, 0, there, there.childNodes.length);
    this.transcript.lookAt(reach);
  }

  destroy() {
    this.abort.abort();
  }
}
