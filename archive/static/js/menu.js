/** A <details> that opens over the page: Escape, a click elsewhere or a choice closes it. */

export class Menu {
  /** root: a <details>. */
  constructor(root) {
    this.root = root;
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    document.addEventListener("click", (event) => this.clicked(event), options);
    root.addEventListener("keydown", (event) => this.keyed(event), options);
  }

  clicked(event) {
    if (!this.root.open) return;
    if (!this.root.contains(event.target) || event.target.closest("a")) this.root.open = false;
  }

  keyed(event) {
    if (event.key !== "Escape" || !this.root.open) return;
    this.root.open = false;
    this.root.querySelector("summary").focus();
  }

  destroy() {
    this.abort.abort();
  }
}
