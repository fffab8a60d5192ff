/** The link to a moment: copied at once, or chosen in a dialog. */
import { copied } from "./clipboard.js";
import { addressed, clock, parsedTime } from "./time.js";

export class Share {
  /** root: [data-session]; dialog: [data-share]; player: a Player. */
  constructor(root, dialog, player) {
    this.root = root;
    this.dialog = dialog;
    this.player = player;
    this.link = dialog.querySelector("[data-share-link]");
    this.from = dialog.querySelector("[data-share-from]");
    this.time = dialog.querySelector("[data-share-time]");
    this.done = dialog.querySelector("[data-share-done]");
    this.announcer = root.querySelector("[data-announce]");
    this.now = root.querySelector("[data-now]");
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    this.buttons = [
      [root.querySelector("[data-copy-moment]"), () => this.copyMoment()],
      [root.querySelector("[data-open-share]"), () => this.open()],
    ];
    for (const [button, action] of this.buttons) {
      button.hidden = false;
      button.addEventListener("click", action, options);
    }
    dialog.querySelector("[data-share-copy]").addEventListener("click", () => this.copy(), options);
    for (const control of [this.from, this.time]) {
      control.addEventListener("input", () => this.write(), options);
    }
    this.stopListening = player.onTime((time) => this.tick(time));
    this.tick(player.time);
  }

  address(time) {
    return time === null ? this.root.dataset.link : `${this.root.dataset.link}?t=${addressed(time)}`;
  }

  tick(time) {
    const text = clock(time);
    if (this.now.textContent !== text) this.now.textContent = text;
  }

  async copyMoment() {
    const time = this.player.time;
    if (await copied(this.address(time))) {
      this.announcer.textContent = this.announcer.dataset.copied.replace("{time}", clock(time));
      clearTimeout(this.fading);
      this.fading = setTimeout(() => (this.announcer.textContent = ""), 8000);
    } else {
      this.open();
      this.link.select();
      this.done.textContent = this.done.dataset.failed;
    }
  }

  open() {
    this.time.value = clock(this.player.time);
    this.exact = this.player.time;
    this.done.textContent = "";
    this.write();
    this.dialog.showModal();
  }

  write() {
    const typed = parsedTime(this.time.value);
    // The clock shows whole seconds; unless someone types another time, the exact one is meant.
    const time = this.time.value === clock(this.exact ?? 0) ? this.exact : typed;
    this.time.setAttribute("aria-invalid", String(this.from.checked && typed === null));
    this.link.value = this.address(this.from.checked ? time : null);
  }

  async copy() {
    const worked = await copied(this.link.value);
    if (!worked) this.link.select();
    this.done.textContent = worked ? this.done.dataset.copied : this.done.dataset.failed;
  }

  destroy() {
    clearTimeout(this.fading);
    this.stopListening();
    this.abort.abort();
  }
}
