/** The button that begins to correct a transcript; the editor is loaded when somebody does. */

export class Correct {
  /** button: [data-correct]; pane: [data-transcript]; player: a Player or null. */
  constructor(button, pane, player, transcript) {
    this.button = button;
    this.pane = pane;
    this.player = player;
    this.transcript = transcript;
    this.abort = new AbortController();
    button.hidden = false;
    button.addEventListener("click", () => this.begin(), { signal: this.abort.signal });
  }

  async begin() {
    if (this.pane.dataset.correcting) return;
    const { Editor } = await import("./editor.js");
    const template = this.pane.querySelector("[data-editor-template]");
    const failed = this.pane.querySelector("[data-correct-failed]");
    this.transcript.setFollow(false);
    this.editor = new Editor(this.pane, template, this.player);
    const opened = await this.editor.open();
    failed.textContent = opened ? "" : template.dataset.failed;
    failed.hidden = opened;
  }

  destroy() {
    this.editor?.destroy();
    this.abort.abort();
  }
}
