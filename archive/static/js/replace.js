/**
 * Finds and replaces in all lines that are corrected. What is replaced goes the way of what is typed;
 * one step brings all of it back.
 */
import { reason } from "./keeping.js";
import { clock } from "./time.js";

const PAUSE = 150; // milliseconds without a key before it is looked for
const STEP = 500; // places that are listed, and that come with each “more”
const LONGEST = 2000; // letters of a line
const INSIDE = "\\p{L}\\p{M}\\p{N}_"; // what belongs to a word

export class Replace {
  /** root: [data-replace], inside the editor's root; editor: an Editor. */
  constructor(root, editor) {
    this.root = root;
    this.editor = editor;
    this.words = root.dataset;
    this.find = root.querySelector("[data-find-text]");
    this.by = root.querySelector("[data-by]");
    this.list = root.querySelector("[data-places]");
    this.button = root.querySelector("[data-replace-all]");
    this.opener = editor.root.querySelector("[data-open-replace]");
    this.places = [];
    this.left = new Map(); // cue -> the characters at which places are not chosen
    this.listed = STEP;
    const on = (selector, event, action) =>
      root.querySelector(selector)?.addEventListener(event, action);
    on("form", "submit", (event) => this.submitted(event));
    on("form", "input", (event) => this.asked(event));
    on("[data-more]", "click", () => this.more());
    on("[data-close-replace]", "click", () => this.close());
    on("[data-undo-replace]", "click", () => this.undo());
    on("[data-add]", "click", () => this.add());
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.opener.addEventListener("click", () => this.open());
    root.addEventListener("keydown", (event) => this.keyed(event));
    editor.root.addEventListener("changed", () => this.later());
    document.addEventListener("keydown", (event) => this.called(event), {
      signal: editor.abort.signal,
    });
  }

  /* Opening and closing */

  called(event) {
    if (event.code !== "KeyR" || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    if (!this.root.isConnected || event.target.closest?.("dialog")) return;
    event.preventDefault();
    this.open();
  }

  open() {
    const from = document.activeElement;
    if (!this.root.contains(from)) this.from = from;
    const selected = from?.matches?.("[data-text]")
      ? from.value.slice(from.selectionStart, from.selectionEnd).trim()
      : "";
    if (selected) this.find.value = selected;
    this.root.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.find.focus();
    this.find.select();
    this.look();
  }

  close() {
    this.root.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    const back = this.from?.isConnected ? this.from : this.opener;
    back.focus();
  }

  keyed(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  /* Looking */

  asked(event) {
    if (event.target.closest("[data-places]")) return this.choose(event.target);
    if (event.target !== this.by) {
      this.left.clear();
      this.listed = STEP;
    }
    this.later();
  }

  later() {
    clearTimeout(this.waiting);
    if (!this.root.hidden) this.waiting = setTimeout(() => this.look(), PAUSE);
  }

  /** Looks for every place, and shows what would become of it. */
  look() {
    clearTimeout(this.waiting);
    this.places = this.found();
    this.list.replaceChildren();
    this.show();
    this.tell();
  }

  found() {
    const pattern = patternOf(this.find.value, {
      matchCase: this.root.querySelector("[data-match-case]").checked,
      wholeWords: this.root.querySelector("[data-whole-words]").checked,
    });
    if (!pattern) return [];
    const places = [];
    for (const part of this.editor.parts.all) {
      if (part.rival) continue; // first it has to be decided what stands there
      for (const cue of part.cues) {
        for (const match of cue.text.matchAll(pattern)) {
          if (match[0] === this.by.value) continue;
          places.push({ part, cue, from: match.index, to: match.index + match[0].length });
        }
      }
    }
    return places;
  }

  isChosen({ cue, from }) {
    return !this.left.get(cue)?.has(from);
  }

  more() {
    this.listed += STEP;
    this.show();
  }

  /** Lists the places that are not listed yet, as many as are wanted. */
  show() {
    const done = this.list.children.length;
    const next = this.places.slice(done, this.listed);
    this.list.append(...next.map((place, n) => this.row(place, done + n)));
    const rest = Math.max(0, this.places.length - this.listed);
    const button = this.root.querySelector("[data-more]");
    if (!rest && document.activeElement === button) this.button.focus();
    button.hidden = !rest;
    button.textContent = this.words.more.replace("{n}", rest);
  }

  row(place, number) {
    const { cue, from, to } = place;
    const row = document.createElement("li");
    row.className = "replace__place";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = this.isChosen(place);
    box.dataset.number = number;
    const label = document.createElement("label");
    const old = document.createElement("del");
    old.textContent = cue.text.slice(from, to);
    const fresh = document.createElement("ins");
    fresh.textContent = this.by.value;
    const line = document.createElement("span");
    line.lang = cue.language ?? this.editor.language;
    line.append(cue.text.slice(0, from), old, fresh.textContent ? " " : "", fresh, cue.text.slice(to));
    label.append(box, line);
    const time = document.createElement("button");
    time.type = "button";
    time.className = "replace__time";
    time.textContent = clock(cue.start);
    time.setAttribute("aria-label", this.words.play.replace("{time}", clock(cue.start)));
    time.hidden = !this.editor.player;
    row.append(label, time);
    return row;
  }

  choose(box) {
    const { cue, from } = this.places[box.dataset.number];
    if (!this.left.has(cue)) this.left.set(cue, new Set());
    if (box.checked) this.left.get(cue).delete(from);
    else this.left.get(cue).add(from);
    this.tell();
  }

  clicked(event) {
    const time = event.target.closest(".replace__time");
    if (!time) return;
    const row = time.closest("li");
    this.editor.player.seek(this.places[[...this.list.children].indexOf(row)].cue.start);
    this.editor.player.play();
  }

  tell() {
    const all = this.places.length;
    const chosen = this.places.filter((place) => this.isChosen(place)).length;
    const count = this.root.querySelector("[data-count]");
    const lines = new Set(this.places.map((place) => place.cue)).size;
    if (!this.find.value.trim()) count.textContent = "";
    else if (!all) count.textContent = this.words.none;
    else if (all === 1) count.textContent = this.words.one;
    else count.textContent = this.words.many.replace("{n}", all).replace("{lines}", lines);
    this.button.disabled = !chosen;
    this.button.textContent =
      chosen === 1 ? this.words.replaceOne : this.words.replaceMany.replace("{n}", chosen);
  }

  /* Replacing */

  submitted(event) {
    event.preventDefault();
    if (document.activeElement === this.find) return this.by.focus();
    this.look();
    this.replace();
  }

  replace() {
    const chosen = new Map(); // cue -> its places, in order
    for (const place of this.places.filter((one) => this.isChosen(one))) {
      if (!chosen.has(place.cue)) chosen.set(place.cue, []);
      chosen.get(place.cue).push(place);
    }
    this.steps = [];
    let count = 0;
    let stay = 0;
    for (const [cue, places] of chosen) {
      const text = written(cue.text, places, this.by.value);
      if (!text || text.length > LONGEST || text === cue.text) {
        stay += places.length;
        continue;
      }
      count += places.length;
      this.steps.push({ part: places[0].part, cue, before: cue.text, after: text });
      cue.text = text;
    }
    const parts = new Set(this.steps.map((step) => step.part));
    if (parts.size) {
      this.editor.changed(...parts);
      this.editor.redraw(parts);
    }
    this.entry = { right: this.by.value.trim(), wrong: this.find.value.trim() };
    this.look();
    this.say([
      count === 1 ? this.words.doneOne : this.words.doneMany.replace("{n}", count),
      stay ? this.words.stay.replace("{n}", stay) : "",
    ]);
    this.offer(count > 0);
    this.root.querySelector(count ? "[data-undo-replace]" : "[data-find-text]").focus();
  }

  /** Brings back what the last replacement replaced, where nobody has changed it since. */
  undo() {
    const owners = new Map(
      this.editor.parts.all.flatMap((part) => part.cues.map((cue) => [cue, part])),
    );
    const { base } = this.editor.parts;
    const [changed, restored] = [new Set(), new Set()];
    let stay = 0;
    for (const { cue, before, after } of this.steps) {
      const part = owners.get(cue);
      if (!part || cue.text !== after) {
        stay += 1;
        continue;
      }
      cue.text = before;
      const asBefore = part.cues.length === 1 && part.first === part.last && same(cue, base[part.first]);
      (asBefore ? restored : changed).add(part);
    }
    if (changed.size) this.editor.changed(...changed);
    if (restored.size) this.editor.restored(...restored);
    this.editor.redraw([...changed, ...restored]);
    this.look();
    this.say([stay ? this.words.undoneInPart.replace("{n}", stay) : this.words.undone]);
    this.offer(false);
    this.find.focus();
  }

  say(sentences) {
    this.root.querySelector("[data-done]").textContent = sentences.filter(Boolean).join(" ");
  }

  /* The glossary */

  /** Shows the way back and, to those who may, the way into the glossary; or hides both. */
  offer(shown) {
    this.root.querySelector("[data-undo-replace]").hidden = !shown;
    if (!this.words.glossary) return;
    this.root.querySelector("[data-glossary-link]").hidden = true;
    this.root.querySelector("[data-add]").hidden = !shown || !this.entry.right;
  }

  async add() {
    const { token } = this.editor.words;
    const answer = await fetch(this.words.glossary, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(this.entry),
    }).catch(() => null);
    if (!answer) return this.say([this.words.unreached]);
    if (!answer.ok) return this.say([await reason(answer, this.words.unreached)]);
    this.say([(await answer.json()).message]);
    this.root.querySelector("[data-add]").hidden = true;
    const link = this.root.querySelector("[data-glossary-link]");
    link.hidden = false;
    link.focus();
  }
}

/** What finds a text; null where there is nothing to find. */
export function patternOf(text, { matchCase, wholeWords }) {
  const wanted = wholeWords ? text.trim() : text;
  if (!wanted.trim()) return null;
  const body = wanted
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
    .join("\\s+");
  const inside = new RegExp(`[${INSIDE}]`, "u");
  const letters = [...wanted];
  const before = wholeWords && inside.test(letters[0]) ? `(?<![${INSIDE}])` : "";
  const after = wholeWords && inside.test(letters.at(-1)) ? `(?![${INSIDE}])` : "";
  return new RegExp(before + body + after, matchCase ? "gu" : "giu");
}

/* The text with these places replaced, and single spaces. */
function written(text, places, by) {
  let done = 0;
  let result = "";
  for (const { from, to } of places) {
    result += text.slice(done, from) + by;
    done = to;
  }
  return (result + text.slice(done)).split(/\s+/).filter(Boolean).join(" ");
}

function same(one, other) {
  return ["start", "end", "text", "speaker", "language"].every(
    (name) => (one[name] ?? null) === (other[name] ?? null),
  );
}
