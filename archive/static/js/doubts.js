/** The switch that shows which words are uncertain; the choice holds on this device. */

const STORED = "podium-doubts";

export class Doubts {
  /** button: [data-doubts]; pane: [data-transcript]. */
  constructor(button, pane) {
    this.button = button;
    this.pane = pane;
    this.abort = new AbortController();
    button.hidden = false;
    button.addEventListener("click", () => this.toggle(), { signal: this.abort.signal });
    this.show(remembered() !== "off");
  }

  toggle() {
    const on = this.button.getAttribute("aria-checked") !== "true";
    this.show(on);
    remember(on ? "on" : "off");
  }

  show(on) {
    this.button.setAttribute("aria-checked", String(on));
    this.pane.classList.toggle("transcript--plain", !on);
  }

  destroy() {
    this.abort.abort();
  }
}

function remembered() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // Without storage the choice holds until the page is left.
  }
}
