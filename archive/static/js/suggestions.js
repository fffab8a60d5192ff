/**
 * What may be meant while somebody types: a list below the search field, a combobox as the ARIA
 * Authoring Practices describe it.
 */

const PAUSE = 120; // ms without a key before the list is asked for
const SHORTEST = 2; // letters

export class Suggestions {
  /** form: [data-search-box] with data-suggestions, the address to ask, and data-words. */
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.words = JSON.parse(form.dataset.words);
    this.options = [];
    this.at = -1; // the option that is chosen
    this.abort = new AbortController();
    this.asked = null;
    this.make();
    const { signal } = this.abort;
    this.input.addEventListener("input", () => this.typed(), { signal });
    this.input.addEventListener("keydown", (event) => this.pressed(event), { signal });
    this.input.addEventListener("blur", () => this.close(), { signal });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.list.addEventListener("click", (event) => this.clicked(event), { signal });
    form.addEventListener("submit", () => this.close(), { signal });
    // Whoever was faster than this script has typed already.
    const begun = this.input.value !== this.input.defaultValue;
    if (begun && document.activeElement === this.input) this.typed();
  }

  make() {
    this.list = document.createElement("div");
    this.list.className = "suggestions";
    this.list.id = `${this.input.id}-suggestions`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.words.label);
    this.list.hidden = true;
    this.status = document.createElement("p");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    this.input.parentElement.append(this.list, this.status);
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
  }

  typed() {
    clearTimeout(this.timer);
    this.asked?.abort();
    if (this.input.value.trim().length < SHORTEST) this.close();
    else this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asked = new AbortController();
    const address = `${this.form.dataset.suggestions}?${new URLSearchParams({ q: this.input.value })}`;
    try {
      const answer = await fetch(address, { signal: this.asked.signal });
      if (answer.ok) this.show(await answer.json());
      else this.close();
    } catch {
      this.close(); // without a network there is nothing to suggest
    }
  }

  show(found) {
    if (document.activeElement !== this.input) return;
    this.options = [];
    const groups = ["words", "sessions", "people"]
      .filter((name) => found[name].length)
      .map((name) => this.group(name, found[name]));
    this.list.replaceChildren(...groups);
    this.choose(-1);
    this.list.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(Boolean(this.options.length)));
    const count = this.options.length;
    this.status.textContent = count ? this.words.count.replace("{count}", count) : this.words.none;
  }

  group(name, entries) {
    const group = document.createElement("div");
    group.className = "suggestions__group";
    group.setAttribute("role", "group");
    const title = document.createElement("div");
    title.className = "suggestions__title";
    title.id = `${this.list.id}-${name}`;
    title.textContent = this.words[name];
    title.setAttribute("role", "presentation");
    group.setAttribute("aria-labelledby", title.id);
    group.append(title, ...entries.map((entry) => this.option(entry)));
    return group;
  }

  option({ text, url }) {
    const option = document.createElement("div");
    option.className = "suggestions__option";
    option.id = `${this.list.id}-${this.options.length}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.url = url;
    option.textContent = text;
    this.options.push(option);
    return option;
  }

  choose(at) {
    this.at = at;
    for (const [number, option] of this.options.entries()) {
      option.setAttribute("aria-selected", String(number === at));
    }
    if (at < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", this.options[at].id);
    this.options[at].scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    if (this.list.hidden || event.isComposing) return;
    const count = this.options.length + 1; // the field itself is one of the places
    if (event.key === "ArrowDown") this.choose(((this.at + 2) % count) - 1);
    else if (event.key === "ArrowUp") this.choose(((this.at + 1 + count - 1) % count) - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.at >= 0) this.go(this.options[this.at]);
    else return;
    event.preventDefault();
  }

  clicked(event) {
    const option = event.target.closest("[role=option]");
    if (option) this.go(option);
  }

  go(option) {
    location.assign(option.dataset.url);
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.list.hidden = true;
    this.status.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }

  destroy() {
    this.close();
    this.abort.abort();
    this.list.remove();
    this.status.remove();
  }
}
