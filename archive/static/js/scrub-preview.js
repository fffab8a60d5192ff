/** What one would see and hear at a place of the recording: a picture, the time, the words there. */
import { clock } from "./time.js";

const WORDS = 90; // letters

export class ScrubPreview {
  /**
   * root: [data-preview]; words: what is said at a time, seconds; sprites: {interval, columns, rows,
   * width, height, count, urls}, a picture every `interval` seconds, or null.
   */
  constructor(root, { sprites, words }) {
    this.root = root;
    this.sprites = sprites;
    this.words = words;
    this.picture = root.querySelector("[data-picture]");
    this.time = root.querySelector("[data-time]");
    this.title = root.querySelector("[data-title]");
    this.said = root.querySelector("[data-said]");
  }

  /** Shows it above the place; share: 0 to 1 of the line's width. */
  show(time, title, share) {
    this.time.textContent = clock(time);
    this.title.textContent = title;
    this.said.textContent = shortened(this.words(time));
    if (this.sprites) this.draw(time);
    this.root.hidden = false;
    const line = this.root.parentElement.clientWidth;
    const half = this.root.offsetWidth / 2;
    const left = Math.min(line - half, Math.max(half, share * line));
    this.root.style.left = `${left}px`;
  }

  draw(time) {
    const { interval, columns, rows, width, height, count, urls } = this.sprites;
    const number = Math.min(count - 1, Math.max(0, Math.floor(time / interval)));
    const sheet = urls[Math.floor(number / (columns * rows))];
    const place = number % (columns * rows);
    const { style } = this.picture;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.backgroundImage = `url("${sheet}")`;
    style.backgroundPosition = `${-(place % columns) * width}px ${-Math.floor(place / columns) * height}px`;
    this.picture.hidden = false;
  }

  hide() {
    this.root.hidden = true;
  }
}

function shortened(text) {
  if (text.length <= WORDS) return text;
  return `${text.slice(0, text.lastIndexOf(" ", WORDS))} …`;
}
