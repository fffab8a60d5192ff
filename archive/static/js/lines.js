/** The lines of a transcript that is corrected, as they are seen while they are not open. */
import { lineOf } from "./line.js";

export class Lines {
  /** root: [data-lines]; rivalForm: [data-rival]; editor: an Editor. */
  constructor(root, rivalForm, editor) {
    this.root = root;
    this.rivalForm = rivalForm;
    this.editor = editor;
    root.addEventListener("click", (event) => this.clicked(event), { signal: editor.abort.signal });
  }

  draw() {
    this.nodes = new Map();
    const { all } = this.editor.parts;
    this.root.replaceChildren(
      ...all.flatMap((part) => part.cues.map((cue) => this.line(part, cue))),
    );
  }

  /** Draws the line of a cue anew; part: what it belongs to. */
  redraw(part, cue) {
    this.nodes.get(cue)?.replaceWith(this.line(part, cue));
  }

  line(part, cue) {
    const node = lineOf(part, cue);
    if (part.rival && cue === part.cues[0]) node.append(this.rival(part));
    if (cue === this.spoken) node.setAttribute("aria-current", "true");
    this.nodes.set(cue, node);
    return node;
  }

  /* What somebody else has made of the same part: it has to be decided which of both stays. */
  rival(part) {
    const form = this.rivalForm.cloneNode(true);
    form.querySelector("[data-theirs]").textContent = this.editor.parts.baseOf(part);
    form.querySelector("[data-mine]").addEventListener("click", () => {
      this.editor.changed(part);
      this.editor.redraw([part]);
    });
    form.querySelector("[data-take]").addEventListener("click", () => this.editor.undo(part));
    return form;
  }

  /** To the first part of which has to be decided what stays. */
  goToRival() {
    const button = this.root.querySelector("[data-rival] button");
    button?.focus({ preventScroll: true });
    button?.closest(".line").scrollIntoView({ block: "nearest" });
  }

  /** The element of a cue's line. */
  of(cue) {
    return this.nodes.get(cue);
  }

  /** Marks the line that is spoken at a time, seconds. */
  mark(time) {
    const spoken = this.editor.rows.find((cue) => cue.start <= time && time < cue.end);
    if (spoken === this.spoken) return;
    this.of(this.spoken)?.removeAttribute("aria-current");
    this.spoken = spoken;
    this.of(spoken)?.setAttribute("aria-current", "true");
  }

  /* Its time leads to the moment, anything else of it opens a line. */
  clicked(event) {
    const node = event.target.closest(".line");
    if (!node || event.target.closest("form, [data-rival]")) return;
    const cue = [...this.nodes].find(([, one]) => one === node)?.[0];
    if (!cue) return;
    if (event.target.closest(".line__clock")) {
      this.editor.player?.seek(cue.start);
      return;
    }
    this.editor.line.go(this.editor.rows.indexOf(cue), cue.text.length);
  }
}
