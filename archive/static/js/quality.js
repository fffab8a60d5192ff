/** Chooses the size of the video where there are several; automatic is the first choice. */

export class Quality {
  /** field: the <select>, whose first option is automatic; stream: a Stream. */
  constructor(field, stream) {
    this.field = field;
    this.stream = stream;
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    // Who asks for the sizes is shown them, even before the first play.
    for (const event of ["pointerenter", "focus"]) {
      field.addEventListener(event, () => stream.start(), options);
    }
    field.addEventListener("change", () => stream.choose(Number(field.value)), options);
    stream.addEventListener("change", () => this.show(), options);
    this.show();
  }

  show() {
    const { heights, shown, fixed, automatic } = this.stream;
    const auto = this.field.options[0];
    const now = automatic && heights[shown];
    auto.text = now ? this.field.dataset.chosen.replace("{quality}", `${now}p`) : this.field.dataset.auto;
    if (this.field.options.length - 1 !== heights.length) {
      const sizes = heights.map((height, number) => new Option(`${height}p`, String(number)));
      sizes.sort((one, other) => parseInt(other.text, 10) - parseInt(one.text, 10));
      this.field.replaceChildren(auto, ...sizes);
    }
    this.field.closest("[data-field]").hidden = fixed;
  }

  destroy() {
    this.abort.abort();
  }
}
