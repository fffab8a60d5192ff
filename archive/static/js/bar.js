/** What is told around the lines that are corrected: what is kept, what is wrong, who else is at it. */
export class Bar {
  /** root: [data-editor]; words: the dataset of [data-editor-template]. */
  constructor(root, words) {
    this.root = root;
    this.words = words;
  }

  tell(text) {
    this.root.querySelector("[data-state]").textContent = text;
  }

  complain(text) {
    const place = this.root.querySelector("[data-error]");
    if (place.textContent !== text) place.textContent = text; // told once, however often it is tried
    place.hidden = !text;
  }

  tellOthers(others) {
    const names = others.filter((other) => other.at_work).map((other) => other.name);
    const place = this.root.querySelector("[data-others]");
    place.hidden = !names.length && !this.movedOn;
    place.textContent = names.length
      ? this.words.others.replace("{names}", names.join(", "))
      : this.words.moved;
  }
}
