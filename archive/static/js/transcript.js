/** The transcript beside the video: marks the spoken cue and word, follows them, and seeks. */
import { CueKeys } from "./cue-keys.js";
import { Cues } from "./cues.js";
import { Following } from "./following.js";
import { whenIdle } from "./frames.js";
import { align, placeOf, takeIn } from "./growth.js";
import { addressed, lastStarted } from "./time.js";

const EARLY = 0.06; // seconds; addresses hold tenths, so a cue may begin a little later than asked

export class Transcript {
  /**
   * root: [data-transcript]; player: a Player, or null where nothing can be played; openAt: seconds,
   * or null; follows: whether the text follows the player.
   */
  constructor(root, player, { openAt = null, follows = Boolean(player) } = {}) {
    this.root = root;
    this.player = player;
    this.cues = new Cues(root);
    this.spoken = -1;
    this.spokenWord = null;
    this.gap = undefined; // the stretch without a text in which the player is
    this.gaps = [...root.querySelectorAll(".missing")];
    this.following = new Following(root, { on: follows, here: () => this.here });
    this.keys = new CueKeys(this, (cue, word) => this.player && this.go(cue, word));
    this.abort = new AbortController();
    this.listen();
    if (player) this.accompany(openAt);
    whenIdle(() => this.loadWords());
  }

  get nodes() {
    return this.cues.nodes;
  }

  listen() {
    const options = { signal: this.abort.signal };
    this.root.addEventListener("click", (event) => this.clicked(event), options);
    this.root.addEventListener("pointerover", (event) => this.pointed(event), options);
    this.root.addEventListener("focusin", (event) => this.focused(event), options);
    this.following.back.addEventListener("click", () => this.backToSpoken(), options);
    this.root
      .querySelector("[data-making]")
      ?.addEventListener("click", (event) => this.showMaking(event), options);
  }

  accompany(openAt) {
    this.following.switch.hidden = false;
    this.stopListening = this.player.onTime((time) => this.update(time));
    const marked = this.nodes.findIndex((node) => node.hasAttribute("aria-current"));
    if (marked >= 0) this.speak(marked);
    if (openAt === null) return;
    this.update(openAt);
    this.following.reveal(this.here, { jump: true });
  }

  /* Words weigh more than the page; it is there, and can be used, before them. */
  async loadWords() {
    const { url, revision } = this.root.dataset;
    if (!url || this.abort.signal.aborted) return; // what is written down so far has none
    try {
      const answer = await fetch(url, { signal: this.abort.signal });
      if (!answer.ok) return;
      const words = await answer.json();
      if (String(words.revision) !== revision) return; // newer than this page
      this.cues.takeWords(words.cues);
      if (this.spoken >= 0) this.enhance(this.spoken);
      if (this.player) this.update(this.player.time);
      this.root.dataset.words = "ready";
    } catch (error) {
      if (error.name !== "AbortError") console.warn("No words with times:", error);
    }
  }

  /* What is spoken */

  /** Marks what is spoken at `time`, seconds. */
  update(time) {
    this.enter(this.gapAt(time));
    const index = this.gap ? -1 : lastStarted(this.cues.starts, time + EARLY);
    if (index !== this.spoken) this.speak(index);
    if (index < 0) return;
    this.enhance(index);
    const position = lastStarted(this.cues.wordStarts(index), time + EARLY);
    this.speakWord(this.cues.wordNode(index, Math.max(0, position)));
  }

  gapAt(time) {
    return this.gaps.find(({ dataset }) => dataset.start <= time && time < dataset.end);
  }

  /* Into a stretch that has no text, or out of it. */
  enter(gap) {
    if (gap === this.gap) return;
    this.gap?.removeAttribute("aria-current");
    this.gap = gap;
    gap?.setAttribute("aria-current", "true");
    if (gap && this.following.on && !this.player.paused) this.following.reveal(gap);
  }

  /** What is spoken now, or the stretch without a text in which that would stand. */
  get here() {
    return this.gap ?? this.nodes[this.spoken];
  }

  speak(index) {
    this.nodes[this.spoken]?.removeAttribute("aria-current");
    this.spoken = index;
    this.speakWord(null);
    if (index < 0) return;
    this.nodes[index].setAttribute("aria-current", "true");
    if (!this.following.scroller.contains(document.activeElement)) this.keys.rove(index);
    if (this.following.on) this.following.reveal(this.here);
    this.following.showBack();
  }

  speakWord(node) {
    if (node === this.spokenWord) return;
    this.spokenWord?.classList.remove("word--spoken");
    node?.classList.add("word--spoken");
    this.spokenWord = node;
  }

  /** Gives the words of a cue elements of their own. */
  enhance(index) {
    if (this.cues.enhance(index)) this.drawn(index);
  }

  /** Marks stretches of cues: a map from cue index to [[from, to, current], ...]. */
  mark(finds) {
    for (const index of this.cues.mark(finds)) this.drawn(index);
  }

  drawn(index) {
    if (index !== this.spoken) return;
    this.spokenWord = null;
    if (this.player) this.update(this.player.time);
  }

  /** What is said at `time`, seconds; nothing in a stretch without a text. */
  textAt(time) {
    if (this.gapAt(time)) return "";
    const index = lastStarted(this.cues.starts, time + EARLY);
    return index < 0 ? "" : this.cues.text(index);
  }

  /* Going somewhere */

  /** Follows again, and puts the focus where it is. */
  backToSpoken() {
    this.following.set(true);
    if (this.spoken >= 0) this.nodes[this.spoken].focus({ preventScroll: true });
  }

  setFollow(on) {
    this.following.set(on);
  }

  /** Shows the cue at an index. */
  lookAt(index) {
    this.following.lookAt(this.nodes[index]);
  }

  /* Goes to the end, where it stands how the text was made, and stays there. */
  showMaking(event) {
    event.preventDefault();
    this.following.set(false, true);
    const making = this.root.querySelector(".making");
    this.following.reveal(making, { jump: true });
    making.focus({ preventScroll: true });
  }

  clicked(event) {
    if (!this.player || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const moment = event.target.closest("[data-moment]");
    const cue = event.target.closest(".cue");
    if (!moment && !cue) return;
    event.preventDefault();
    if (moment) return this.play(Number(moment.dataset.moment));
    if (String(getSelection()).length > 1) return; // someone is marking text to copy it
    this.go(cue, event.target.closest(".word"));
  }

  go(cue, word) {
    const index = this.nodes.indexOf(cue);
    const said = word ? this.cues.wordStarts(index)[Number(word.dataset.word)] : null;
    this.play(said ?? this.cues.starts[index]);
  }

  /** Plays from `time`, seconds, and puts it into the address. */
  play(time) {
    this.player.seek(time);
    this.player.play();
    if (this.following.pausedByHand) this.following.set(true);
    const address = new URL(location.href);
    address.searchParams.set("t", addressed(time));
    history.replaceState(history.state, "", address);
  }

  pointed(event) {
    // Who drags marks text to copy it: nothing may move under the pointer.
    const cue = event.buttons ? null : event.target.closest?.(".cue");
    if (cue) this.enhance(this.nodes.indexOf(cue));
  }

  focused(event) {
    const cue = event.target.closest(".cue");
    if (!cue) return;
    const index = this.nodes.indexOf(cue);
    this.enhance(index);
    this.keys.rove(index);
  }

  /* Renewal */

  /** Takes in blocks that stand in the page after all others. */
  append(blocks) {
    const nodes = blocks.flatMap((block) => [...block.querySelectorAll(".cue")]);
    this.cues.append(nodes);
    this.keys.passOver(nodes);
    this.gaps.push(...blocks.filter((block) => block.matches(".missing")));
    this.catchUp();
  }

  /** Takes over from a fresh copy of the root what has been written down since. */
  take(fresh) {
    const spoken = this.nodes[this.spoken];
    const stop = this.nodes[this.keys.stop];
    this.mark(new Map());
    takeIn(this, fresh);
    this.cues.collect();
    this.gaps = [...this.root.querySelectorAll(".missing")];
    this.nodes.forEach((node, index) => (node.id = `cue-${index}`));
    this.spoken = this.nodes.indexOf(spoken);
    this.keys.prepare();
    if (stop) this.keys.rove(this.nodes.indexOf(stop));
    if (!this.gap?.isConnected) this.gap = undefined;
    this.catchUp();
  }

  /* Marks what is spoken; only a player that plays leads the eye there. */
  catchUp() {
    if (!this.player) return;
    const { on } = this.following;
    this.following.on = on && !this.player.paused;
    this.update(this.player.time);
    this.following.on = on;
    this.following.showBack();
  }

  /** Where the reader is, for the transcript that takes the place of this one. */
  get place() {
    return placeOf(this);
  }

  /** Goes where the reader was in the transcript before this one. */
  resume({ follows, pausedByHand, at, top, focus }) {
    this.following.pausedByHand = pausedByHand;
    this.following.switch.setAttribute("aria-checked", String(follows));
    this.following.showBack();
    if (focus !== undefined) this.nearest(focus)?.focus({ preventScroll: true });
    const cue = at === undefined ? undefined : this.nearest(at);
    if (cue) align(this.following, cue, top);
    this.catchUp();
  }

  nearest(time) {
    return this.nodes[Math.max(0, lastStarted(this.cues.starts, time + EARLY))];
  }

  destroy() {
    this.stopListening?.();
    this.following.destroy();
    this.keys.destroy();
    this.abort.abort();
  }
}
