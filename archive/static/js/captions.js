/** Chooses the language of the captions; shows what is chosen in the player's own menu, too. */

const KINDS = new Set(["captions", "subtitles"]);

export class Captions {
  /** field: the <select>, whose first option is off; media: the video. */
  constructor(field, media) {
    this.field = field;
    this.tracks = media.textTracks;
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    field.addEventListener("change", () => this.choose(field.value), options);
    for (const event of ["change", "addtrack", "removetrack"]) {
      this.tracks.addEventListener(event, () => this.show(), options);
    }
    this.show();
  }

  get all() {
    return [...this.tracks].filter(({ kind }) => KINDS.has(kind));
  }

  /** The number of the track that is shown; -1 where none is. */
  get shown() {
    return this.all.findIndex(({ mode }) => mode === "showing");
  }

  show() {
    const off = this.field.options[0];
    const options = this.all.map(({ label, language }, number) => {
      const option = new Option(label || language, String(number));
      return option;
    });
    this.field.replaceChildren(off, ...options);
    this.field.value = this.shown < 0 ? off.value : String(this.shown);
    this.field.closest("[data-field]").hidden = !options.length;
  }

  choose(value) {
    this.all.forEach((track, number) => {
      track.mode = String(number) === value ? "showing" : "disabled";
    });
    if (value !== "") this.last = value;
    this.show();
  }

  /** Off, or on in the language that was last seen; what is so now, in words. */
  toggle() {
    if (!this.all.length) return "";
    this.choose(this.shown < 0 ? (this.last ?? "0") : "");
    return `${this.field.dataset.name}: ${this.field.selectedOptions[0].text}`;
  }

  destroy() {
    this.abort.abort();
  }
}
