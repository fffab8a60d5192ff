/**
 * The recording as a line under the video: chapters, what was found, how far it is; it seeks, too.
 *
 * The slider inside it is what keyboards and screen readers use. Fingers and mice use the line.
 */
import { ScrubPreview } from "./scrub-preview.js";
import { clock, lastStarted } from "./time.js";

const STEP = 5; // seconds of an arrow key
const LEAP = 60; // seconds of Page Up and Page Down where there are no chapters
const NEAR = { mouse: 5, touch: 14 }; // pixels within which a mark is meant
const FINEST = 400; // marks that can be told apart on the line

export class SeekBar {
  /**
   * root: [data-seek-bar]; player: a Player; chapters: [{start, title}], seconds; words: what is said
   * at a time, seconds; sprites: as ScrubPreview takes them, or null; choose: called with the number
   * of a mark that somebody goes to.
   */
  constructor(root, player, { chapters = [], words = () => "", sprites = null, choose }) {
    this.root = root;
    this.player = player;
    this.chapters = chapters;
    this.starts = chapters.map(({ start }) => start);
    this.choose = choose;
    this.marks = []; // seconds, in the order of the places found
    this.input = root.querySelector("[data-seek]");
    this.line = root.querySelector("[data-line]");
    this.played = root.querySelector("[data-played]");
    this.preview = new ScrubPreview(root.querySelector("[data-preview]"), { sprites, words });
    this.abort = new AbortController();
    root.hidden = false;
    this.listen();
    this.measure();
    this.stopListening = player.onTime((time) => this.tick(time));
  }

  listen() {
    const options = { signal: this.abort.signal };
    const on = (name, action) => this.root.addEventListener(name, action, options);
    on("pointerdown", (event) => this.pressed(event));
    on("pointermove", (event) => this.moved(event));
    on("pointerup", (event) => this.released(event));
    on("pointercancel", () => this.left());
    on("pointerleave", () => this.dragging || this.left());
    this.input.addEventListener("keydown", (event) => this.keyed(event), options);
    this.input.addEventListener("input", () => this.seek(Number(this.input.value)), options);
    this.player.media.addEventListener("durationchange", () => this.measure(), options);
  }

  /* The length, and everything that is drawn to its scale. */
  measure() {
    const { duration } = this.player.media;
    this.duration = Number.isFinite(duration) ? duration : Number(this.root.dataset.duration);
    this.input.max = Math.floor(this.duration);
    const bounds = this.starts.filter((start) => start > 0).map((start) => this.spot(start));
    this.root.querySelector("[data-bounds]").replaceChildren(...bounds);
    this.mark(this.marks, this.current);
    this.tick(this.player.time);
  }

  spot(time) {
    const node = document.createElement("span");
    node.style.left = `${this.share(time) * 100}%`;
    return node;
  }

  share(time) {
    return this.duration ? Math.min(1, Math.max(0, time / this.duration)) : 0;
  }

  /** Shows where something is found: seconds in order; current: the number of the one looked at. */
  mark(times, current = -1) {
    this.marks = times;
    this.current = current;
    const shown = new Map(); // of marks in the same place one is drawn
    times.forEach((time, number) => {
      const place = Math.round(this.share(time) * FINEST);
      if (number === current || !shown.has(place)) shown.set(place, number);
    });
    const nodes = [...shown.values()].map((number) => {
      const node = this.spot(times[number]);
      node.classList.toggle("seek-bar__mark--current", number === current);
      return node;
    });
    this.root.querySelector("[data-marks]").replaceChildren(...nodes);
  }

  tick(time) {
    this.played.style.transform = `scaleX(${this.share(time)})`;
    const second = Math.floor(time);
    // Who has the slider in focus hears of seeking alone, not of every second that goes by.
    if (second === this.second || document.activeElement === this.input) return;
    this.tell(time);
  }

  tell(time) {
    this.second = Math.floor(time);
    this.input.value = this.second;
    const place = this.input.dataset.of
      .replace("{time}", clock(time))
      .replace("{total}", clock(this.duration));
    const title = this.chapterAt(time)?.title;
    this.input.setAttribute("aria-valuetext", title ? `${place}, ${title}` : place);
  }

  chapterAt(time) {
    return this.chapters[lastStarted(this.starts, time)];
  }

  seek(time) {
    const within = Math.min(this.duration, Math.max(0, time));
    this.player.seek(within);
    this.tell(within);
    this.tick(within);
  }

  keyed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { time } = this.player;
    const moves = {
      ArrowRight: () => this.seek(time + STEP),
      ArrowUp: () => this.seek(time + STEP),
      ArrowLeft: () => this.seek(time - STEP),
      ArrowDown: () => this.seek(time - STEP),
      PageUp: () => this.seek(this.nextStart(time)),
      PageDown: () => this.seek(this.startBefore(time)),
      Home: () => this.seek(0),
      End: () => this.seek(this.duration),
      Enter: () => this.nearestMark(time, Infinity),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }

  nextStart(time) {
    if (!this.starts.length) return time + LEAP;
    return this.starts.find((start) => start > time + 0.5) ?? this.duration;
  }

  startBefore(time) {
    if (!this.starts.length) return time - LEAP;
    return this.starts.findLast((start) => start < time - 2) ?? 0;
  }

  /* Goes to the mark that lies nearest to a time, if within so many seconds; whether there is one. */
  nearestMark(time, within) {
    const number = this.nearest(time, within);
    if (number < 0) return false;
    this.seek(this.marks[number]);
    this.choose?.(number);
    return true;
  }

  nearest(time, within) {
    let found = -1;
    this.marks.forEach((mark, number) => {
      const away = Math.abs(mark - time);
      if (away <= within && (found < 0 || away < Math.abs(this.marks[found] - time))) found = number;
    });
    return found;
  }

  /* Pointers */

  pressed(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.dragging = true;
    this.root.setPointerCapture(event.pointerId);
    this.input.focus({ preventScroll: true });
    this.moved(event);
  }

  moved(event) {
    const mark = this.markAt(event);
    const time = mark < 0 ? this.timeAt(event) : this.marks[mark];
    this.preview.show(time, this.chapterAt(time)?.title ?? "", this.share(time));
    if (this.dragging) this.played.style.transform = `scaleX(${this.share(time)})`;
  }

  released(event) {
    if (!this.dragging) return;
    this.dragging = false;
    const mark = this.markAt(event);
    if (mark < 0) this.seek(this.timeAt(event));
    else this.nearestMark(this.marks[mark], 0);
    if (event.pointerType === "touch") this.preview.hide();
  }

  left() {
    this.dragging = false;
    this.preview.hide();
    this.tick(this.player.time);
  }

  timeAt(event) {
    const { left, width } = this.line.getBoundingClientRect();
    return this.duration * Math.min(1, Math.max(0, (event.clientX - left) / width));
  }

  markAt(event) {
    const pixels = NEAR[event.pointerType] ?? NEAR.mouse;
    const { width } = this.line.getBoundingClientRect();
    return this.nearest(this.timeAt(event), (pixels / width) * this.duration);
  }

  destroy() {
    this.stopListening();
    this.abort.abort();
    this.preview.hide();
  }
}
