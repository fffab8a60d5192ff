/**
 * Corrects a transcript in its place: line by line, kept on the server as one types.
 *
 * The base of the correction never changes. A part replaces the cues `first` to `last` of it by cues
 * of its own; at first each cue is a part of its own. What the server has not got yet is kept in the
 * browser, so that a lost network or a closed tab loses nothing.
 */
import { clock, exactClock, parsedTime } from "./time.js";

const PAUSE = 700; // milliseconds without a key before it is sent
const RETRY = 5000; // milliseconds until a lost server is tried again
const BACK = 2; // seconds
const SHORTEST = 0.1; // seconds of a line

export class Editor {
  /** pane: [data-transcript]; template: [data-editor-template]; player: a Player or null. */
  constructor(pane, template, player) {
    this.words = template.dataset;
    this.pane = pane;
    this.player = player;
    const parts = template.content.cloneNode(true);
    this.root = parts.querySelector("[data-editor]");
    this.form = parts.querySelector("[data-line-form]");
    this.rivalForm = parts.querySelector("[data-rival]");
    this.lines = this.root.querySelector("[data-lines]");
    this.dirty = new Set(); // parts that the server has not got
    this.undone = new Set(); // places at which it keeps a patch that is not wanted any more
    this.abort = new AbortController();
    this.listen();
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
    this.state = state;
    this.base = state.cues.map(([start, end, text, speaker, language, reviewed, doubtful]) => ({
      start, end, text, speaker, language, reviewed, doubtful,
    }));
    this.parts = this.base.map((cue, place) => ({ first: place, last: place, cues: [{ ...cue }] }));
    for (const patch of [...state.patches].sort((one, other) => one.first - other.first)) {
      this.replace({ ...patch, changed: true });
    }
    for (const patch of this.recalled()) {
      this.replace({ ...patch, changed: true });
      this.dirty.add(patch.first);
    }
    const people = state.people.map((name) => new Option("", name));
    this.root.querySelector("[data-people]").replaceChildren(...people);
    this.root.querySelector("[data-lines]").lang = state.language;
    this.form.querySelector("[data-text]").lang = state.language;
    this.draw();
    this.tellOthers(state.others);
    this.tell(this.dirty.size ? this.words.saving : this.count());
    if (this.dirty.size) this.later(0);
  }

  /* Parts and rows */

  /** Puts a part in the place of those that lie inside it. */
  replace(part) {
    const from = this.parts.findIndex((one) => one.first >= part.first);
    let to = from;
    while (to < this.parts.length && this.parts[to].last <= part.last) to += 1;
    if (from < 0) return;
    this.parts.splice(from, to - from, part);
  }

  get rows() {
    return this.parts.flatMap((part) => part.cues);
  }

  partOf(cue) {
    return this.parts.find((part) => part.cues.includes(cue));
  }

  /** A part differs now: shows that, and sends it soon. */
  changed(part) {
    part.changed = true;
    part.rival = false;
    this.undone.delete(part.first);
    this.dirty.add(part.first);
    this.remember();
    this.tell(this.words.saving);
    this.later(PAUSE);
  }

  /* Drawing */

  draw() {
    this.nodes = new Map();
    this.current = null;
    this.form.remove();
    const rows = this.parts.flatMap((part) =>
      part.cues.map((cue, place) => this.line(part, cue, place)),
    );
    this.lines.replaceChildren(...rows);
  }

  line(part, cue, place) {
    const node = document.createElement("li");
    node.className = "line";
    node.classList.toggle("line--changed", Boolean(part.changed));
    node.classList.toggle("line--reviewed", Boolean(cue.reviewed && !part.changed));
    const time = document.createElement("span");
    time.className = "line__clock";
    time.textContent = clock(cue.start);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "line__said";
    if (cue.language) button.lang = cue.language;
    if (cue.speaker) {
      const name = document.createElement("strong");
      name.className = "line__speaker";
      name.textContent = cue.speaker;
      button.append(name, " ");
    }
    button.append(...doubtfulParts(cue.text, part.changed ? [] : (cue.doubtful ?? [])));
    node.append(time, button);
    if (part.rival && place === 0) node.append(this.rival(part));
    this.nodes.set(cue, node);
    return node;
  }

  rival(part) {
    const form = this.rivalForm.cloneNode(true);
    const theirs = this.base.slice(part.first, part.last + 1).map((cue) => cue.text);
    form.querySelector("[data-theirs]").textContent = theirs.join(" ");
    form.querySelector("[data-mine]").addEventListener("click", () => {
      this.changed(part);
      this.redraw(part);
    });
    form.querySelector("[data-take]").addEventListener("click", () => this.undo(part));
    return form;
  }

  redraw(part) {
    const open = part.cues.includes(this.current) ? this.current : null;
    for (const [place, cue] of part.cues.entries()) {
      const old = this.nodes.get(cue);
      const fresh = this.line(part, cue, place);
      old?.replaceWith(fresh);
    }
    if (open) this.openLine(open);
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
    this.form.querySelector("[data-undo]").disabled = !this.partOf(cue).changed;
    node.append(this.form);
  }

  leave() {
    const cue = this.current;
    if (!cue) return;
    this.current = null;
    this.form.remove();
    const part = this.partOf(cue);
    if (!part) return;
    if (!cue.text.trim()) cue.text = this.before; // to take a line out there is a button
    const fresh = this.line(part, cue, part.cues.indexOf(cue));
    this.lines.querySelector(".line--open")?.replaceWith(fresh);
    if (cue === this.spoken) fresh.setAttribute("aria-current", "true");
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
    on("[data-undo]", "click", () => this.undo(this.partOf(this.current)));
    on("[data-finish]", "click", () => this.finish(), this.root);
    on("[data-close]", "click", () => this.close(), this.root);
    on("[data-drop]", "click", () => this.drop(), this.root);
    window.addEventListener("online", () => this.later(0), options);
    window.addEventListener("beforeunload", (event) => this.dirty.size && event.preventDefault(), options);
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
      (cue, index) => index >= from && cue.doubtful?.length && !this.partOf(cue).changed,
    );
    if (next < 0) return this.tell(this.words.noDoubts);
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
    const part = this.partOf(cue);
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
    for (const cue of rows.slice(from)) {
      if (cue !== this.current && (cue.speaker ?? null) !== before) break;
      cue.speaker = name;
      const part = this.partOf(cue);
      this.changed(part);
    }
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
    const part = this.partOf(cue);
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
    const one = this.partOf(cue);
    const other = this.partOf(next);
    const caret = cue.text.length;
    Object.assign(cue, { text: `${cue.text} ${next.text}`, end: Math.max(cue.end, next.end) });
    if (one === other) one.cues.splice(one.cues.indexOf(next), 1);
    else {
      const cues = [...one.cues, ...other.cues.filter((each) => each !== next)];
      const from = this.parts.indexOf(one);
      const part = { first: one.first, last: other.last, cues };
      this.forget(one);
      this.forget(other);
      this.parts.splice(from, this.parts.indexOf(other) - from + 1, part);
    }
    this.current = null;
    this.changed(this.partOf(cue));
    this.draw();
    this.go(this.rows.indexOf(cue), caret);
  }

  remove() {
    const cue = this.current;
    const index = this.rows.indexOf(cue);
    const part = this.partOf(cue);
    part.cues.splice(part.cues.indexOf(cue), 1);
    this.current = null;
    this.changed(part);
    this.draw();
    this.go(index);
  }

  /** Brings back what the base says in the place of a part. */
  undo(part) {
    const from = this.parts.indexOf(part);
    const places = Array.from({ length: part.last - part.first + 1 }, (_, n) => part.first + n);
    this.parts.splice(
      from,
      1,
      ...places.map((place) => ({ first: place, last: place, cues: [{ ...this.base[place] }] })),
    );
    this.forget(part);
    this.undone.add(part.first);
    this.current = null;
    this.remember();
    this.later(0);
    this.draw();
    this.go(this.rows.indexOf(this.parts[from].cues[0]));
  }

  forget(part) {
    this.dirty.delete(part.first);
  }

  /* Keeping */

  later(pause) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.flush(), pause);
  }

  /** Sends what the server has not got, after what is on its way; whether it has all now. */
  async flush() {
    clearTimeout(this.waiting);
    const before = this.sending;
    this.sending = (async () => {
      await before;
      await this.send();
    })();
    await this.sending;
    return !(this.dirty.size + this.undone.size);
  }

  async send() {
    if (!(this.dirty.size + this.undone.size)) return;
    const said = this.parts.filter((part) => this.dirty.has(part.first) && part.changed);
    const firsts = said.map((part) => part.first);
    const undone = [...this.undone];
    const body = { base: this.state.base, said: said.map(plain), undone };
    firsts.forEach((first) => this.dirty.delete(first));
    undone.forEach((first) => this.undone.delete(first));
    let again = PAUSE;
    const keep = () => {
      firsts.forEach((first) => this.dirty.add(first));
      undone.forEach((first) => this.undone.add(first));
    };
    try {
      const answer = await this.ask("", body);
      if (answer.ok) {
        const { others } = await answer.json();
        this.tellOthers(others);
        this.complain("");
        this.tell(this.dirty.size ? this.words.saving : this.words.saved);
      } else {
        keep();
        again = answer.status < 500 ? null : RETRY; // what was refused waits for the next change
        this.complain(await reason(answer, this.words.refused));
        this.tell(this.words.kept);
      }
    } catch {
      keep();
      again = RETRY;
      this.tell(this.words.unsaved);
    }
    this.remember();
    if (again && this.dirty.size + this.undone.size) this.later(again);
  }

  ask(way, body) {
    return fetch(this.words.url + way, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.words.token },
      body: JSON.stringify(body),
    });
  }

  get key() {
    return `podium-correction-${this.words.slug}-${this.state.base}`;
  }

  remember() {
    try {
      const kept = this.parts.filter((part) => this.dirty.has(part.first)).map(plain);
      if (kept.length) localStorage.setItem(this.key, JSON.stringify(kept));
      else localStorage.removeItem(this.key);
    } catch {
      // Without storage what is typed is kept as soon as the server is reached.
    }
  }

  recalled() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "[]");
    } catch {
      return [];
    }
  }

  /* Ending */

  async finish() {
    this.leave();
    if (!(await this.flush())) return;
    const reviewed = this.root.querySelector("[data-reviewed]").checked;
    const answer = await this.ask("/finishing", { reviewed }).catch(() => null);
    if (!answer) return this.tell(this.words.unsaved);
    if (answer.ok) return location.reload();
    const why = await reason(answer, this.words.refused);
    const fresh = await fetch(this.words.url, { headers: { Accept: "application/json" } });
    if (fresh.ok) this.fill(await fresh.json());
    this.complain(why);
    this.lines.querySelector("[data-rival] button")?.focus();
  }

  async drop() {
    if (!confirm(this.words.discard)) return;
    clearTimeout(this.waiting);
    this.dirty.clear();
    this.undone.clear();
    this.remember();
    const answer = await this.ask("/discarding", {}).catch(() => null);
    if (answer?.ok) this.close();
    else this.tell(this.words.unsaved);
  }

  /** Back to reading; what was changed stays for later. */
  async close() {
    this.leave();
    await this.flush();
    this.destroy();
    this.root.remove();
    this.text.hidden = false;
    delete this.pane.dataset.correcting;
    this.pane.querySelector("[data-correct]")?.focus();
  }

  destroy() {
    clearTimeout(this.waiting);
    this.stopListening?.();
    this.abort.abort();
  }

  /* Telling */

  count() {
    const places = this.parts.filter((part) => part.changed).length;
    if (!places) return this.words.unchanged;
    return places === 1 ? this.words.place : this.words.places.replace("{n}", places);
  }

  tell(text) {
    this.root.querySelector("[data-state]").textContent = text;
  }

  complain(text) {
    const place = this.root.querySelector("[data-error]");
    place.textContent = text;
    place.hidden = !text;
  }

  tellOthers(others) {
    const names = others.filter((other) => other.at_work).map((other) => other.name);
    const place = this.root.querySelector("[data-others]");
    place.hidden = !names.length && !this.state.moved_on;
    place.textContent = names.length
      ? this.words.others.replace("{names}", names.join(", "))
      : this.words.moved;
  }
}

/* A part as the server takes it. */
function plain({ first, last, cues }) {
  return {
    first,
    last,
    cues: cues.map(({ start, end, text, speaker, language }) => ({ start, end, text, speaker, language })),
  };
}

/* Why the server refused: its own sentence, or the general one where it sent none. */
async function reason(answer, otherwise) {
  try {
    return (await answer.json()).message ?? otherwise;
  } catch {
    return otherwise;
  }
}

function round(time) {
  return Math.round(time * 1000) / 1000;
}

/* The text as nodes, its uncertain words marked. */
function doubtfulParts(text, doubtful) {
  const parts = [];
  let done = 0;
  for (const word of doubtful) {
    const from = text.indexOf(word, done);
    if (from < 0) continue;
    const mark = document.createElement("u");
    mark.className = "doubtful";
    mark.textContent = word;
    parts.push(text.slice(done, from), mark);
    done = from + word.length;
  }
  parts.push(text.slice(done));
  return parts;
}
