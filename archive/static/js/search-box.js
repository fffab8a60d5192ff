/** The search field: an empty question is not asked. */

export class SearchBox {
  /** form: [data-search-box]. */
  constructor(form) {
    this.input = form.querySelector("input[type=search]");
    this.abort = new AbortController();
    form.addEventListener("submit", (event) => this.submitted(event), { signal: this.abort.signal });
  }

  submitted(event) {
    if (this.input.value.trim()) return;
    event.preventDefault();
    this.input.focus();
  }

  destroy() {
    this.abort.abort();
  }
}
