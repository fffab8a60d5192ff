/** Recordings under way: asks how far they are, and renews a row whose state has changed. */
import { freshen } from "./fresh.js";

const PAUSE = 2000; // milliseconds between two questions
const PATIENCE = 15000; // the same while the page is hidden or the server is not reached

export class Works {
  /** root: [data-works], with rows that hold [data-work]. */
  constructor(root) {
    this.root = root;
    this.abort = new AbortController();
    this.later(PAUSE);
  }

  get busy() {
    return [...this.root.querySelectorAll("[data-busy]")];
  }

  later(pause) {
    if (this.busy.length) this.waiting = setTimeout(() => this.ask(), pause);
  }

  async ask() {
    let pause = document.hidden ? PATIENCE : PAUSE;
    try {
      const ids = this.busy.map((work) => `id=${work.dataset.work}`).join("&");
      const answer = await fetch(`${this.root.dataset.url}?${ids}`, { signal: this.abort.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const states = await answer.json();
      if (states.filter((state) => this.show(state)).length) await this.renew();
    } catch (error) {
      if (error.name === "AbortError") return;
      pause = PATIENCE;
    }
    this.later(pause);
  }

  /* Shows numbers in place; says whether the row looks different in its new state. */
  show({ id, state, percent, sentence, facts }) {
    const work = this.root.querySelector(`[data-work="${id}"]`);
    if (!work) return false;
    if (work.dataset.state !== state) return true;
    work.querySelector("[data-sentence]").textContent = sentence;
    const told = work.querySelector("[data-facts]");
    if (told) told.textContent = facts;
    const bar = work.querySelector("[data-bar]");
    if (bar) {
      bar.value = percent;
      work.querySelector("[data-percent]").textContent = percent;
    }
    return false;
  }

  /* Takes the rows of busy recordings from the page as the server has it now. */
  async renew() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const work of this.busy) {
      const old = work.closest("[id]");
      const successor = fresh.getElementById(old.id);
      if (successor) freshen(old, successor);
    }
  }

  destroy() {
    clearTimeout(this.waiting);
    this.abort.abort();
  }
}
