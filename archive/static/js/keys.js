/** Single keys for the session page; a help dialog lists them and can switch them off. */
import { keep, kept } from "./kept.js";

const STORED = "podium-keys";
const TYPING = "input, textarea, select, [contenteditable], dialog";

export class Keys {
  /** dialog: [data-keys]; button: opens it; actions: key -> function. */
  constructor(dialog, button, actions) {
    this.dialog = dialog;
    this.actions = { ...actions, "?": () => dialog.showModal() };
    this.on = dialog.querySelector("[data-keys-on]");
    this.on.checked = kept(STORED) !== "off";
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    this.on.addEventListener("change", () => keep(STORED, this.on.checked ? "on" : "off"), options);
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal(), options);
    document.addEventListener("keydown", (event) => this.keyed(event), options);
  }

  keyed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.on.checked || event.target.closest?.(TYPING)) return;
    const action = this.actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  destroy() {
    this.abort.abort();
  }
}
