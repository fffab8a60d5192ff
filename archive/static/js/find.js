/** Find inside the transcript: counts, marks, and goes from one place to the next. */

const SHORTEST = 2; // letters
const CALM = 150; // milliseconds of no typing before looking

export class Find {
  /**
   * form: [data-find]; transcript: a Transcript; told: called with the seconds of all places and the
   * number of the current one. Marks that the server made are taken over.
   */
  constructor(form, transcript, { goToFirst = false, told = () => {} } = {}) {
    this.form = form;
    this.transcript = transcript;
    this.told = told;
    this.input = form.querySelector("input");
    this.count = form.querySelector("[data-find-count]");
    this.steps = [
      [form.querySelector("[data-find-previous]"), -1],
      [form.querySelector("[data-find-next]"), 1],
    ];
    this.places = []; // each a list of [cue, from, to]; more than one where it runs over a cue's end
    this.current = -1;
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault(), options);
    this.input.addEventListener("input", () => this.soon(), options);
    this.input.addEventListener("keydown", (event) => this.keyed(event), options);
    for (const [button, step] of this.steps) {
      button.addEventListener("click", () => this.step(step), options);
    }
    this.takeOver(goToFirst);
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  /* What the server marked for the search that led here. */
  takeOver(goToFirst) {
    const { nodes, root } = this.transcript;
    const found = new Set([...root.querySelectorAll(".cue mark")].map((mark) => mark.closest(".cue")));
    for (const cue of found) {
      const index = nodes.indexOf(cue);
      for (const [from, to] of markedIn(cue)) this.places.push([[index, from, to]]);
    }
    if (!this.places.length) this.input.value = "";
    const spoken = this.transcript.spoken;
    const at = this.places.findIndex(([[cue]]) => cue >= spoken && spoken >= 0);
    this.current = this.places.length ? Math.max(0, at) : -1;
    this.show();
    if (goToFirst && this.current >= 0) this.look();
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.find(), CALM);
  }

  find() {
    clearTimeout(this.waiting);
    const wanted = folded(this.input.value.trim()).text;
    this.places = wanted.length >= SHORTEST ? this.found(wanted) : [];
    const first = this.places.findIndex(([[cue]]) => cue >= this.transcript.spoken);
    this.current = this.places.length ? Math.max(0, first) : -1;
    this.show();
    if (this.current >= 0) this.look();
  }

  /** Finds anew what is searched for, or `wanted`, where the text has changed; nothing moves. */
  again(wanted = this.input.value) {
    clearTimeout(this.waiting);
    this.input.value = wanted;
    this.whole = undefined;
    const plain = folded(wanted.trim()).text;
    this.places = plain.length >= SHORTEST ? this.found(plain) : [];
    this.current = this.places.length ? Math.min(Math.max(0, this.current), this.places.length - 1) : -1;
    this.show();
  }

  /* All places in the whole text, so that what runs over the end of a cue is found too. */
  found(wanted) {
    this.whole ??= wholeText(this.transcript.cues.texts);
    const { text, origin, starts } = this.whole;
    const places = [];
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      places.push(stretches(origin[at], origin[at + wanted.length - 1] + 1, starts));
    }
    return places;
  }

  keyed(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.waiting && this.current < 0) this.find();
      else this.step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && this.input.value) {
      event.preventDefault();
      this.input.value = "";
      this.find();
    }
  }

  step(by) {
    if (!this.places.length) return;
    this.choose((this.current + by + this.places.length) % this.places.length);
  }

  /** Goes to the place with this number. */
  choose(number) {
    this.current = number;
    this.show();
    this.look();
  }

  look() {
    this.transcript.lookAt(this.places[this.current][0][0]);
  }

  show() {
    const finds = new Map();
    this.places.forEach((place, position) => {
      for (const [cue, from, to] of place) {
        if (!finds.has(cue)) finds.set(cue, []);
        finds.get(cue).push([from, to, position === this.current]);
      }
    });
    this.transcript.mark(finds);
    for (const [button] of this.steps) button.disabled = this.places.length < 2;
    this.count.textContent = this.sentence();
    this.told(
      this.places.map(([[cue]]) => this.transcript.cues.starts[cue]),
      this.current,
    );
  }

  sentence() {
    if (this.input.value.trim().length < SHORTEST) return "";
    if (!this.places.length) return this.count.dataset.none;
    return this.count.dataset.of
      .replace("{n}", this.current + 1)
      .replace("{total}", this.places.length);
  }

  destroy() {
    clearTimeout(this.waiting);
    this.abort.abort();
  }
}

/* What is marked in a cue: [from, to] in its text; neighbouring marks are one. */
function markedIn(cue) {
  const places = [];
  const texts = document.createTreeWalker(cue, NodeFilter.SHOW_TEXT);
  for (let offset = 0; texts.nextNode(); offset += texts.currentNode.length) {
    const text = texts.currentNode;
    if (!text.parentElement.closest("mark")) continue;
    const last = places.at(-1);
    if (last?.[1] === offset) last[1] += text.length;
    else places.push([offset, offset + text.length]);
  }
  return places;
}

/* Small letters without accents, and for each of them the place of its origin. */
function folded(text) {
  let plain = "";
  const origin = [];
  for (let index = 0; index < text.length; index += 1) {
    const letters = text[index]
      .toLowerCase()
      .replace("ß", "ss")
      .normalize("NFD")
      .replace(/\p{M}/gu, "");
    for (const letter of letters) {
      plain += letter;
      origin.push(index);
    }
  }
  return { text: plain, origin };
}

function wholeText(texts) {
  const starts = [];
  let length = 0;
  for (const text of texts) {
    starts.push(length);
    length += text.length + 1;
  }
  return { ...folded(texts.join(" ")), starts };
}

/* A stretch of the whole text as stretches of cues. */
function stretches(from, to, starts) {
  let cue = starts.findLastIndex((start) => start <= from);
  const parts = [];
  for (; cue < starts.length && starts[cue] < to; cue += 1) {
    const end = cue + 1 < starts.length ? starts[cue + 1] - 1 : Infinity;
    const right = Math.min(to, end);
    const left = Math.max(from, starts[cue]);
    if (left < right) parts.push([cue, left - starts[cue], right - starts[cue]]);
  }
  return parts;
}
