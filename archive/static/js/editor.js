/**
 * Corrects a transcript in its place: line by line, kept on the server as one types.
 *
 * What is corrected are Parts. Lines shows them, and OpenLine the one that is typed in; Keeping sends
 * them and remembers them. Its root tells “changed” whenever a line has become another.
 */
import { Bar } from "./bar.js";
import { Keeping, reason } from "./keeping.js";
import { LineWays } from "./line-ways.js";
import { Lines } from "./lines.js";
import { OpenLine } from "./open-line.js";
import { Parts } from "./parts.js";
import { Replace } from "./replace.js";

export class Editor {
  /** pane: [data-transcript]; template: [data-editor-template]; player: a Player or null. */
  constructor(pane, template, player) {
    this.words = template.dataset;
    this.pane = pane;
    this.player = player;
    this.abort = new AbortController();
    const content = template.content.cloneNode(true);
    const [root, form, rival] = ["editor", "line-form", "rival"].map((name) =>
      content.querySelector(`[data-${name}]`),
    );
    this.root = root;
    this.bar = new Bar(root, this.words);
    this.keeping = new Keeping(this.words, this.bar);
    this.lines = new Lines(root.querySelector("[data-lines]"), rival, this);
    this.line = new OpenLine(form, this);
    this.ways = new LineWays(form, this);
    this.replacing = new Replace(root.querySelector("[data-replace]"), this);
    this.listen();
  }

  listen() {
    const options = { signal: this.abort.signal };
    const on = (selector, action) =>
      this.root.querySelector(selector).addEventListener("click", action, options);
    on("[data-finish]", () => this.finish());
    on("[data-close]", () => this.close());
    on("[data-drop]", () => this.drop());
    window.addEventListener("online", () => this.keeping.later(0), options);
    const leaving = (event) => this.keeping.waits && event.preventDefault();
    window.addEventListener("beforeunload", leaving, options);
  }

  /* Beginning */

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
    this.stopListening = this.player?.onTime((time) => this.lines.mark(time));
    this.line.go(this.rows.findIndex((row) => row.end > (this.player?.time ?? 0)));
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
    this.language = state.language;
    this.lines.root.lang = state.language;
    this.line.text.lang = state.language;
    this.draw();
    this.bar.movedOn = state.moved_on;
    this.bar.tellOthers(state.others);
    this.bar.tell(this.keeping.waits ? this.words.saving : this.count());
  }

  count() {
    const places = this.parts.all.filter((part) => part.changed).length;
    if (!places) return this.words.unchanged;
    return places === 1 ? this.words.place : this.words.places.replace("{n}", places);
  }

  get rows() {
    return this.parts.rows;
  }

  /* Drawing */

  /** Draws all lines anew; none is open then. */
  draw() {
    this.line.forget();
    this.lines.draw();
  }

  /** Draws the lines of parts anew; one that is open stays open. */
  redraw(parts) {
    const open = this.line.cue;
    for (const part of parts) {
      for (const cue of part.cues) {
        this.lines.redraw(part, cue);
        if (cue === open) this.line.show(open);
      }
    }
  }

  /* Changing */

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

  /** Brings back what the base says in the place of a part. */
  undo(part) {
    const first = this.parts.undo(part);
    this.keeping.undo([part]);
    this.draw();
    this.line.go(this.rows.indexOf(first));
    this.root.dispatchEvent(new Event("changed"));
  }

  /* Ending */

  async finish() {
    this.line.leave();
    if (!(await this.keeping.flush())) return;
    const reviewed = this.root.querySelector("[data-reviewed]").checked;
    const answer = await this.keeping.ask("/finishing", { reviewed }).catch(() => null);
    if (!answer) return this.bar.complain(this.words.unreached);
    if (answer.ok) return location.reload();
    const why = await reason(answer, this.words.refused);
    const fresh = await fetch(this.words.url, { headers: { Accept: "application/json" } });
    if (fresh.ok) this.fill(await fresh.json());
    this.bar.complain(why);
    this.lines.goToRival();
  }

  async drop() {
    if (!confirm(this.words.discard)) return;
    this.keeping.stop();
    const answer = await this.keeping.ask("/discarding", {}).catch(() => null);
    if (!answer) return this.bar.complain(this.words.unreached);
    if (!answer.ok) return this.bar.complain(await reason(answer, this.words.refused));
    this.keeping.forgetAll();
    this.close();
  }

  /** Back to reading; what was changed stays for later. */
  async close() {
    this.line.leave();
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
}
