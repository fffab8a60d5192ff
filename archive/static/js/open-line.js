/** The one line that is open: what is said, who says it, and from when to when, as fields. */
import { SHORTEST } from "./parts.js";
import { exactClock, parsedTime } from "./time.js";

export class OpenLine {
  /** form: [data-line-form]; editor: an Editor. */
  constructor(form, editor) {
    this.form = form;
    this.editor = editor;
    this.cue = null;
    this.text = form.querySelector("[data-text]");
    this.speaker = form.querySelector("[data-speaker]");
    this.start = form.querySelector("[data-start]");
    this.end = form.querySelector("[data-end]");
    this.undo = form.querySelector("[data-undo]");
    this.listen();
  }

  listen() {
    const on = (node, event, action) =>
      node.addEventListener(event, action, { signal: this.editor.abort.signal });
    on(this.form, "submit", (event) => event.preventDefault());
    on(this.text, "input", () => this.typed({ text: this.text.value }));
    on(this.speaker, "change", () => this.typed({ speaker: this.named }));
    on(this.start, "change", () => this.timed("start", this.start));
    on(this.end, "change", () => this.timed("end", this.end));
  }

  /** Who speaks as it is typed, or null. */
  get named() {
    return this.speaker.value.trim() || null;
  }

  /** Which of all lines it is. */
  get place() {
    return this.editor.rows.indexOf(this.cue);
  }

  /* Opening and leaving */

  /** Opens the line with that number, or the one nearest to it, with the caret before that letter. */
  go(index, caret = 0) {
    const { rows } = this.editor;
    const cue = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!cue) return;
    this.show(cue);
    this.text.focus({ preventScroll: true });
    this.text.setSelectionRange(caret, caret);
    this.editor.lines.of(cue).scrollIntoView({ block: "nearest" });
  }

  show(cue) {
    this.leave();
    this.cue = cue;
    this.before = cue.text;
    const node = this.editor.lines.of(cue);
    node.classList.add("line--open");
    this.text.value = cue.text;
    this.speaker.value = cue.speaker ?? "";
    this.start.value = exactClock(cue.start);
    this.end.value = exactClock(cue.end);
    this.undo.disabled = !this.editor.parts.of(cue).changed;
    node.append(this.form);
  }

  leave() {
    const { cue } = this;
    if (!cue) return;
    this.forget();
    const part = this.editor.parts.of(cue);
    if (!part) return;
    if (!cue.text.trim()) cue.text = this.before; // to take a line out there is a button
    this.editor.lines.redraw(part, cue);
  }

  /** Open no more, whatever became of its line. */
  forget() {
    this.cue = null;
    this.form.remove();
  }

  /* Typing */

  typed(values) {
    Object.assign(this.cue, values);
    const part = this.editor.parts.of(this.cue);
    const blank = part.cues.some((one) => !one.text.trim());
    if (blank) return; // a line without words is not sent: it is still being typed
    if (values.text) this.before = values.text;
    this.editor.changed(part);
    this.undo.disabled = false;
  }

  timed(edge, field) {
    const value = parsedTime(field.value);
    const { start, end } = { ...this.cue, [edge]: value };
    if (value === null || end - start < SHORTEST) field.value = exactClock(this.cue[edge]);
    else this.typed({ [edge]: value });
  }
}
