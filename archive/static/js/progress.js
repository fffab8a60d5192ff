/** Work under way: shows how far it is, and fetches the page's new parts when there are some. */

const PAUSE = 2000; // milliseconds between two questions
const CALM = 4000; // the same while text comes in: in few, larger pieces
const PATIENCE = 15000; // the same while the page is hidden, nothing is reached or nothing moves

export class Progress {
  /**
   * root: [data-progress]; renew: called when the page has more to show, and answers whether it
   * was renewed; calm: whether text is coming in.
   */
  constructor(root, renew, { calm = false } = {}) {
    this.root = root;
    this.renew = renew;
    this.abort = new AbortController();
    this.later(calm ? CALM : PAUSE);
  }

  later(pause) {
    this.waiting = setTimeout(() => this.ask(), pause);
  }

  async ask() {
    let pause = document.hidden ? PATIENCE : PAUSE;
    try {
      const answer = await fetch(this.root.dataset.url, { signal: this.abort.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      if (state.version !== this.root.dataset.version) {
        if (await this.renew()) return;
        pause = PATIENCE;
      }
      if (state.state === "failed") return;
      if (["waiting_for_model", "paused"].includes(state.state)) pause = PATIENCE;
      this.show(state);
    } catch (error) {
      if (error.name === "AbortError") return;
      pause = PATIENCE;
    }
    this.later(pause);
  }

  show({ label, progress }) {
    const bar = this.root.querySelector("[data-bar]");
    if (!bar) return;
    const percent = Math.floor(progress * 100);
    bar.value = percent;
    this.root.querySelector("[data-percent]").textContent = percent;
    this.root.querySelector("[data-label]").textContent = label;
  }

  destroy() {
    clearTimeout(this.waiting);
    this.abort.abort();
  }
}
