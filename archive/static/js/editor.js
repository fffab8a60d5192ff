/**
 * Corrects a transcript in its place: line by line, kept on the server as one types.
 *
 * What is corrected are Parts; Keeping sends them and remembers them. Its root tells “changed”
 * whenever a line has become another.
 */
import { Bar } from "./bar.js";
import { Keeping, reason } from "./keeping.js";
import { lineOf } from "./line.js";
import { Parts } from "./parts.js";
import { Replace } from "./replace.js";
import { exactClock, parsedTime } from "./time.js";

const BACK = 2; // seconds
const SHORTEST = 0.1; // seconds of a line

export class Editor {
  /** pane: [data-transcript]; template: [data-editor-template]; player: a Player or null. */
  constructor(pane, template, player) {
    this.words = template.dataset;
    this.pane = pane;
    this.player = player;
    const content = template.content.cloneNode(true);
    this.root = content.querySelector("[data-editor]");
    this.form = content.querySelector("[data-line-form]");
    this.rivalForm = content.querySelector("[data-rival]");
    this.lines = this.root.querySelector("[data-lines]");
    this.bar = new Bar(this.root, this.words);
    this.keeping = new Keeping(this.words, this.bar);
    this.abort = new AbortController();
    this.listen();
    this.replacing = new Replace(this.root.querySelector("[data-replace]"), this);
  }

  /** Loads what is to be corrected and shows it; whether that was possible. */
  async open() {
    try {
      const answer = await fetch(this.words.url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.fill(await answer.json());
    } catch {
      return false;
    }
    this.text = this.pane.querySelector(".transcript__text");
    this.text.hidden = true;
    this.text.before(this.root);
    this.pane.dataset.correcting = "yes";
    this.stopListening = this.player?.onTime((time) => this.mark(time));
    this.go(this.rows.findIndex((row) => row.end > (this.player?.time ?? 0)));
    return true;
  }

  fill(state) {
    this.parts = new Parts(
      state.cues.map(([start, end, text, speaker, language, reviewed, doubtful]) => ({
        start, end, text, speaker, language, reviewed, doubtful,
      })),
    );
    this.keeping.begin(state, this.parts);
    const people = state.people.map((name) => new Option("", name));
    this.root.querySelector("[data-people]").replaceChildren(...people);
    this.lines.lang = state.language;
    this.form.querySelector("[data-text]").lang = state.language;
    this.draw();
    this.bar.movedOn = state.moved_on;
    this.bar.tellOthers(state.others);
    this.bar.tell(this.keeping.waits ? this.words.saving : this.count());
  }

  get rows() {
    return this.parts.rows;
  }

  /** These parts differ now: keeps that, and tells whoever listens. */
  changed(...parts) {
    this.keeping.keep(parts);
    this.root.dispatchEvent(new Event("changed"));
  }

  /** These parts say again what the base says. */
  restored(...parts) {
    for (const part of parts) part.changed = false;
    this.keeping.undo(parts);
    this.root.dispatchEvent(new Event("changed"));
  }

  /* Drawing */

  draw() {
    this.nodes = new Map();
    this.current = null;
    this.form.remove();
    const rows = this.parts.all.flatMap((part) => part.cues.map((cue) => this.line(part, cue)));
    this.lines.replaceChildren(...rows);
  }

  line(part, cue) {
    const node = lineOf(part, cue);
    if (part.rival && cue === part.cues[0]) node.append(this.rival(part));
    if (cue === this.spoken) node.setAttribute("aria-current", "true");
    this.nodes.set(cue, node);
    return node;
  }

  rival(part) {
    const form = this.rivalForm.cloneNode(true);
    form.querySelector("[data-theirs]").textContent = this.parts.baseOf(part);
    form.querySelector("[data-mine]").addEventListener("click", () => {
      this.changed(part);
      this.redraw([part]);
    });
    form.querySelector("[data-take]").addEventListener("click", () => this.undo(part));
    return form;
  }

  /** Draws the lines of parts anew; one that is open stays open. */
  redraw(parts) {
    const open = this.current;
    for (const part of parts) {
      for (const cue of part.cues) {
        const old = this.nodes.get(cue);
        const fresh = this.line(part, cue);
        old?.replaceWith(fresh);
        if (cue === open) this.openLine(open);
      }
    }
  }

  mark(time) {
    const rows = this.rows;
    const spoken = rows.find((cue) => cue.start <= time && time < cue.end);
    if (spoken === this.spoken) return;
    this.nodes.get(this.spoken)?.removeAttribute("aria-current");
    this.spoken = spoken;
    this.nodes.get(spoken)?.setAttribute("aria-current", "true");
  }

  /* One line is open at a time */

  go(index, caret = 0) {
    const rows = this.rows;
    const cue = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!cue) return;
    this.openLine(cue);
    const field = this.form.querySelector("[data-text]");
    field.focus({ preventScroll: true });
    field.setSelectionRange(caret, caret);
    this.nodes.get(cue).scrollIntoView({ block: "nearest" });
  }

  openLine(cue) {
    this.leave();
    this.current = cue;
    this.before = cue.text;
    const node = this.nodes.get(cue);
    node.classList.add("line--open");
    this.form.querySelector("[data-text]").value = cue.text;
    this.form.querySelector("[data-speaker]").value = cue.speaker ?? "";
    this.form.querySelector("[data-start]").value = exactClock(cue.start);
    this.form.querySelector("[data-end]").value = exactClock(cue.end);
    this.form.querySelector("[data-undo]").disabled = !this.parts.of(cue).changed;
    node.append(this.form);
  }

  leave() {
    const cue = this.current;
    if (!cue) return;
    this.current = null;
    this.form.remove();
    const part = this.parts.of(cue);
    if (!part) return;
    if (!cue.text.trim()) cue.text = this.before; // to take a line out there is a button
    const old = this.nodes.get(cue);
    old?.replaceWith(this.line(part, cue));
  }

  listen() {
    const options = { signal: this.abort.signal };
    const on = (selector, event, action, root = this.form) =>
      root.querySelector(selector).addEventListener(event, action, options);
    this.lines.addEventListener("click", (event) => this.clicked(event), options);
    this.form.addEventListener("submit", (event) => event.preventDefault(), options);
    this.form.addEventListener("keydown", (event) => this.keyed(event), options);
    on("[data-text]", "input", (event) => this.typed({ text: event.target.value }));
    on("[data-speaker]", "change", (event) => this.typed({ speaker: event.target.value.trim() || null }));
    on("[data-start]", "change", (event) => this.timed("start", event.target));
    on("[data-end]", "change", (event) => this.timed("end", event.target));
    on("[data-play]", "click", () => this.play());
    on("[data-range]", "click", () => this.speaks());
    on("[data-split]", "click", () => this.split());
    on("[data-join]", "click", () => this.join());
    on("[data-remove]", "click", () => this.remove());
    on("[data-undo]", "click", () => this.undo(this.parts.of(this.current)));
    on("[data-finish]", "click", () => this.finish(), this.root);
    on("[data-close]", "click", () => this.close(), this.root);
    on("[data-drop]", "click", () => this.drop(), this.root);
    window.addEventListener("online", () => this.keeping.later(0), options);
    const leaving = (event) => this.keeping.waits && event.preventDefault();
    window.addEventListener("beforeunload", leaving, options);
  }

  clicked(event) {
    const node = event.target.closest(".line");
    if (!node || event.target.closest("form, [data-rival]")) return;
    const cue = [...this.nodes].find(([, one]) => one === node)?.[0];
    if (!cue) return;
    if (event.target.closest(".line__clock")) {
      this.player?.seek(cue.start);
      return;
    }
    this.go(this.rows.indexOf(cue), cue.text.length);
  }

  keyed(event) {
    const inText = event.target.matches("[data-text]");
    const here = () => this.rows.indexOf(this.current);
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const moves = {
      "Enter": inText && plain && (() => (event.shiftKey ? this.split() : this.go(here() + 1))),
      "Escape": plain && (() => this.escape()),
      "ArrowDown": event.altKey && (() => this.go(here() + 1)),
      "ArrowUp": event.altKey && (() => this.go(here() - 1)),
      "KeyP": event.altKey && (() => this.player?.toggle()),
      "KeyB": event.altKey && (() => this.player?.skip(-BACK)),
      "KeyN": event.altKey && (() => this.nextDoubt()),
    };
    const move = moves[event.code === "NumpadEnter" ? "Enter" : event.code];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  escape() {
    const cue = this.current;
    this.leave();
    this.nodes.get(cue)?.querySelector(".line__said")?.focus({ preventScroll: true });
  }

  nextDoubt() {
    const rows = this.rows;
    const from = rows.indexOf(this.current) + 1;
    const next = rows.findIndex(
      (cue, index) => index >= from && cue.doubtful?.length && !this.parts.of(cue).changed,
    );
    if (next < 0) return this.bar.tell(this.words.noDoubts);
    this.go(next, Math.max(0, rows[next].text.indexOf(rows[next].doubtful[0])));
    this.play();
  }

  play() {
    this.player?.seek(this.current.start);
    this.player?.play();
  }

  /* Changing */

  typed(values) {
    const cue = this.current;
    Object.assign(cue, values);
    const part = this.parts.of(cue);
    const blank = part.cues.some((one) => !one.text.trim());
    if (blank) return; // a line without words is not sent: it is still being typed
    if (values.text) this.before = values.text;
    this.changed(part);
    this.form.querySelector("[data-undo]").disabled = false;
  }

  timed(edge, field) {
    const value = parsedTime(field.value);
    const cue = this.current;
    const wanted = { start: cue.start, end: cue.end, [edge]: value };
    if (value === null || wanted.end - wanted.start < SHORTEST) {
      field.value = exactClock(cue[edge]);
      return;
    }
    this.typed({ [edge]: value });
  }

  /** Gives the speaker of this line to those after it that had the same one as it had. */
  speaks() {
    const rows = this.rows;
    const from = rows.indexOf(this.current);
    const name = this.form.querySelector("[data-speaker]").value.trim() || null;
    const before = rows[from + 1]?.speaker ?? null;
    const parts = new Set();
    for (const cue of rows.slice(from)) {
      if (cue !== this.current && (cue.speaker ?? null) !== before) break;
      cue.speaker = name;
      parts.add(this.parts.of(cue));
    }
    this.changed(...parts);
    const open = this.current;
    this.draw();
    this.go(this.rows.indexOf(open));
  }

  split() {
    const cue = this.current;
    const at = this.form.querySelector("[data-text]").selectionStart;
    const before = cue.text.slice(0, at).trim();
    const after = cue.text.slice(at).trim();
    if (!before || !after || cue.end - cue.start < 2 * SHORTEST) return;
    const middle = cue.start + ((cue.end - cue.start) * before.length) / (before.length + after.length);
    const part = this.parts.of(cue);
    const second = { ...cue, text: after, start: round(middle) };
    Object.assign(cue, { text: before, end: round(middle) });
    part.cues.splice(part.cues.indexOf(cue) + 1, 0, second);
    this.changed(part);
    this.draw();
    this.go(this.rows.indexOf(second));
  }

  join() {
    const rows = this.rows;
    const cue = this.current;
    const next = rows[rows.indexOf(cue) + 1];
    if (!next) return;
    const caret = cue.text.length;
    for (const gone of this.parts.join(cue, next)) this.keeping.forget(gone);
    this.current = null;
    this.changed(this.parts.of(cue));
    this.draw();
    this.go(this.rows.indexOf(cue), caret);
  }

  remove() {
    const cue = this.current;
    const index = this.rows.indexOf(cue);
    const part = this.parts.of(cue);
    part.cues.splice(part.cues.indexOf(cue), 1);
    this.current = null;
    this.changed(part);
    this.draw();
    this.go(index);
  }

  /** Brings back what the base says in the place of a part. */
  undo(part) {
    const first = this.parts.undo(part);
    this.keeping.undo([part]);
    this.draw();
    this.go(this.rows.indexOf(first));
    this.root.dispatchEvent(new Event("changed"));
  }

  /* Ending */

  async finish() {
    this.leave();
    if (!(await this.keeping.flush())) return;
    const reviewed = this.root.querySelector("[data-reviewed]").checked;
    const answer = await this.keeping.ask("/finishing", { reviewed }).catch(() => null);
    if (!answer) return this.bar.tell(this.words.unsaved);
    if (answer.ok) return location.reload();
    const why = await reason(answer, this.words.refused);
    const fresh = await fetch(this.words.url, { headers: { Accept: "application/json" } });
    if (fresh.ok) this.fill(await fresh.json());
    this.bar.complain(why);
    this.lines.querySelector("[data-rival] button")?.focus();
  }

  async drop() {
    if (!confirm(this.words.discard)) return;
    this.keeping.forgetAll();
    const answer = await this.keeping.ask("/discarding", {}).catch(() => null);
    if (answer?.ok) this.close();
    else this.bar.tell(this.words.unsaved);
  }

  /** Back to reading; what was changed stays for later. */
  async close() {
    this.leave();
    await this.keeping.flush();
    this.destroy();
    this.root.remove();
    this.text.hidden = false;
    delete this.pane.dataset.correcting;
    this.pane.querySelector("[data-correct]")?.focus();
  }

  destroy() {
    this.keeping.stop();
    this.stopListening?.();
    this.abort.abort();
  }

  count() {
    const places = this.parts.all.filter((part) => part.changed).length;
    if (!places) return this.words.unchanged;
    return places === 1 ? this.words.place : this.words.places.replace("{n}", places);
  }
}

function round(time) {
  return Math.round(time * 1000) / 1000;
}
