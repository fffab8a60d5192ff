/** Keeps what is spoken in sight; whoever scrolls away by hand is left alone until coming back. */
import { untilSettled } from "./frames.js";

const QUIET = 250; // milliseconds after which scrolling by hand is over
const SCROLL_KEYS = new Set(["PageUp", "PageDown", "Home", "End"]);

export class Following {
  /**
   * root: [data-transcript]; on: whether it follows at first; here: what is spoken now, an element or
   * undefined.
   */
  constructor(root, { on, here }) {
    this.scroller = root.querySelector("[data-scroller]");
    this.switch = root.querySelector("[data-follow]");
    this.back = root.querySelector("[data-back]");
    this.on = on;
    this.here = here;
    this.pausedByHand = false;
    this.byHandUntil = 0;
    this.abort = new AbortController();
    this.listen();
  }

  listen() {
    const options = { signal: this.abort.signal };
    const byHand = { signal: this.abort.signal, passive: true };
    this.switch.addEventListener("click", () => this.set(!this.on), options);
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

  get ownScroll() {
    return getComputedStyle(this.scroller).overflowY === "auto";
  }

  get area() {
    return this.ownScroll ? this.scroller : window;
  }

  set(on, byHand = false) {
    this.on = on;
    this.pausedByHand = !on && byHand;
    this.switch.setAttribute("aria-checked", String(on));
    if (on) this.reveal(this.here(), { jump: true });
    this.showBack();
  }

  scrolledByHand(area) {
    if (area !== this.area) return;
    this.byHandUntil = performance.now() + QUIET;
    this.scrolled(area);
  }

  /* Scrolling by hand pauses following once it has led away from the spoken line. */
  scrolled(area) {
    if (performance.now() > this.byHandUntil || area !== this.area) return;
    this.byHandUntil = performance.now() + QUIET;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const here = this.here();
      if (!here) return;
      if (this.on && !this.visible(here)) this.set(false, true);
      else if (this.pausedByHand && this.visible(here)) this.set(true);
    }, QUIET);
  }

  showBack() {
    this.back.hidden = !(this.pausedByHand && this.here());
  }

  /** What can be seen of the transcript: top and bottom in the window. */
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

  /** Whether all of a node can be seen. */
  comfortable(node) {
    const box = node.getBoundingClientRect();
    const { top, bottom } = this.window();
    return box.top > top + 8 && box.bottom < bottom - 8;
  }

  /** Scrolls a node into sight. Unless `jump`, a page whose reader is elsewhere is left alone. */
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

  /** Shows a node that the reader went to; following waits if that leads away from what is spoken. */
  lookAt(node) {
    if (!this.comfortable(node)) this.reveal(node, { jump: true });
    const here = this.here();
    if (this.on && here && !this.visible(here)) this.set(false, true);
  }

  destroy() {
    clearTimeout(this.settling);
    this.abort.abort();
  }
}
