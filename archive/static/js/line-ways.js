/** What can be done with the open line, by its buttons and by keys. */

const BACK = 2; // seconds

export class LineWays {
  /** form: [data-line-form]; editor: an Editor, whose open line it is. */
  constructor(form, editor) {
    this.form = form;
    this.editor = editor;
    const options = { signal: editor.abort.signal };
    const on = (selector, action) =>
      form.querySelector(selector).addEventListener("click", action, options);
    on("[data-play]", () => this.play());
    on("[data-range]", () => this.speaks());
    on("[data-split]", () => this.split());
    on("[data-join]", () => this.join());
    on("[data-remove]", () => this.remove());
    on("[data-undo]", () => editor.undo(editor.parts.of(this.line.cue)));
    form.addEventListener("keydown", (event) => this.keyed(event), options);
  }

  get line() {
    return this.editor.line;
  }

  keyed(event) {
    const inText = event.target.matches("[data-text]");
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const { player } = this.editor;
    const moves = {
      "Enter": inText && plain && (() => (event.shiftKey ? this.split() : this.step(1))),
      "Escape": plain && (() => this.escape()),
      "ArrowDown": event.altKey && (() => this.step(1)),
      "ArrowUp": event.altKey && (() => this.step(-1)),
      "KeyP": event.altKey && (() => player?.toggle()),
      "KeyB": event.altKey && (() => player?.skip(-BACK)),
      "KeyN": event.altKey && (() => this.nextDoubt()),
    };
    const move = moves[event.code === "NumpadEnter" ? "Enter" : event.code];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  /* Going */

  step(by) {
    this.line.go(this.line.place + by);
  }

  escape() {
    const { cue } = this.line;
    this.line.leave();
    this.editor.lines.of(cue)?.querySelector(".line__said")?.focus({ preventScroll: true });
  }

  nextDoubt() {
    const { rows, parts, bar, words } = this.editor;
    const from = this.line.place + 1;
    const next = rows.findIndex(
      (cue, index) => index >= from && cue.doubtful?.length && !parts.of(cue).changed,
    );
    if (next < 0) return bar.tell(words.noDoubts);
    this.line.go(next, Math.max(0, rows[next].text.indexOf(rows[next].doubtful[0])));
    this.play();
  }

  play() {
    this.editor.player?.seek(this.line.cue.start);
    this.editor.player?.play();
  }

  /* Changing */

  /** Gives the speaker of this line to those after it that had the same one as it had. */
  speaks() {
    const { place, cue, named } = this.line;
    this.became(this.editor.parts.give(cue, named), place);
  }

  split() {
    const { place, cue, text } = this.line;
    const part = this.editor.parts.split(cue, text.selectionStart);
    if (part) this.became([part], place + 1);
  }

  join() {
    const { place, cue } = this.line;
    const { parts, keeping, rows } = this.editor;
    const next = rows[place + 1];
    if (!next) return;
    const caret = cue.text.length;
    for (const gone of parts.join(cue, next)) keeping.forget(gone);
    this.became([parts.of(cue)], place, caret);
  }

  remove() {
    const { place, cue } = this.line;
    this.became([this.editor.parts.remove(cue)], place);
  }

  /* Other lines than before: keeps them, and opens one of them. */
  became(parts, place, caret) {
    this.editor.changed(...parts);
    this.editor.draw();
    this.line.go(place, caret);
  }
}
