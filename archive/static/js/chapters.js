/** The list of chapters: a link seeks, the chapter that plays is marked. */
import { lastStarted } from "./time.js";

export class Chapters {
  /** root: [data-chapters]; player: a Player; go: called with the second that somebody goes to. */
  constructor(root, player, go) {
    this.links = [...root.querySelectorAll("[data-chapter]")];
    this.starts = this.links.map((link) => Number(link.dataset.chapter));
    this.current = -1;
    this.abort = new AbortController();
    root.addEventListener("click", (event) => this.clicked(event, go), { signal: this.abort.signal });
    this.stopListening = player.onTime((time) => this.tick(time));
    this.tick(player.time);
  }

  /** The chapters as [{start, title}], seconds. */
  get all() {
    return this.links.map((link, number) => ({
      start: this.starts[number],
      title: link.querySelector(".chapters__title").textContent,
    }));
  }

  clicked(event, go) {
    const link = event.target.closest("[data-chapter]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(Number(link.dataset.chapter));
  }

  tick(time) {
    const current = lastStarted(this.starts, time + 0.05);
    if (current === this.current) return;
    this.current = current;
    this.links.forEach((link, number) => {
      if (number === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  destroy() {
    this.stopListening();
    this.abort.abort();
  }
}
