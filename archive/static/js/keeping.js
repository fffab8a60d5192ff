/**
 * Keeps a correction: sends what changed to the server, and remembers in the browser what the server
 * has not got yet, so that a lost network or a closed tab loses nothing.
 */
const PAUSE = 700; // milliseconds without a key before it is sent
const RETRY = 5000; // milliseconds until a lost server is tried again
const AT_ONCE = 250; // parts in one request

export class Keeping {
  /** words: the dataset of [data-editor-template]; bar: a Bar. */
  constructor(words, bar) {
    this.words = words;
    this.bar = bar;
    this.dirty = new Set(); // places of parts that the server has not got
    this.undone = new Set(); // places at which it keeps a patch that is not wanted any more
  }

  /** Begins with what the server has; gives the parts of both it and this browser. */
  begin(state, parts) {
    this.base = state.base;
    this.parts = parts;
    const { said, undone } = this.recalled();
    this.dirty = new Set(said.map((part) => part.first));
    this.undone = new Set(undone);
    const kept = state.patches.filter((patch) => !this.undone.has(patch.first));
    kept.sort((one, other) => one.first - other.first);
    for (const part of [...kept, ...said]) parts.put({ ...part, changed: true });
    if (this.waits) this.later(0);
  }

  get waits() {
    return this.dirty.size + this.undone.size > 0;
  }

  /** These parts differ now, and are sent soon. */
  keep(parts) {
    for (const part of parts) {
      part.changed = true;
      part.rival = false;
      this.undone.delete(part.first);
      this.dirty.add(part.first);
    }
    this.remember();
    this.bar.tell(this.words.saving);
    this.later(PAUSE);
  }

  /** These parts are not wanted any more. */
  undo(parts) {
    for (const part of parts) {
      this.dirty.delete(part.first);
      this.undone.add(part.first);
    }
    this.remember();
    this.later(0);
  }

  forget(part) {
    this.dirty.delete(part.first);
  }

  forgetAll() {
    this.stop();
    this.dirty.clear();
    this.undone.clear();
    this.remember();
  }

  later(pause) {
    this.stop();
    this.waiting = setTimeout(() => this.flush(), pause);
  }

  stop() {
    clearTimeout(this.waiting);
  }

  /** Sends what the server has not got, after what is on its way; whether it has all now. */
  async flush() {
    this.stop();
    const before = this.sending;
    this.sending = (async () => {
      await before;
      while (this.waits && (await this.send()));
    })();
    await this.sending;
    return !this.waits;
  }

  /* Sends some of it; whether the server took it. */
  async send() {
    const wanted = this.parts.all.filter((part) => this.dirty.has(part.first) && part.changed);
    const said = wanted.slice(0, AT_ONCE);
    const firsts = said.map((part) => part.first);
    const undone = [...this.undone];
    const body = { base: this.base, said: said.map(plain), undone };
    this.dirty = new Set(wanted.slice(AT_ONCE).map((part) => part.first));
    this.undone.clear();
    let again = null;
    try {
      const answer = await this.ask("", body);
      if (answer.ok) {
        this.bar.tellOthers((await answer.json()).others);
        this.bar.complain("");
        this.bar.tell(this.waits ? this.words.saving : this.words.saved);
        this.remember();
        return true;
      }
      again = answer.status < 500 ? null : RETRY; // what was refused waits for the next change
      this.bar.complain(await reason(answer, this.words.refused));
    } catch {
      again = RETRY;
      this.bar.complain(this.words.unsaved);
    }
    this.bar.tell(this.words.kept);
    for (const first of firsts) if (!this.undone.has(first)) this.dirty.add(first);
    for (const first of undone) if (!this.dirty.has(first)) this.undone.add(first);
    this.remember();
    if (again) this.later(again);
    return false;
  }

  ask(way, body) {
    return fetch(this.words.url + way, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.words.token },
      body: JSON.stringify(body),
    });
  }

  get key() {
    return `podium-correction-${this.words.slug}-${this.base}`;
  }

  remember() {
    try {
      const said = this.parts.all.filter((part) => this.dirty.has(part.first)).map(plain);
      const kept = { said, undone: [...this.undone] };
      if (this.waits) localStorage.setItem(this.key, JSON.stringify(kept));
      else localStorage.removeItem(this.key);
    } catch {
      // Without storage what is typed is kept as soon as the server is reached.
    }
  }

  recalled() {
    try {
      const { said = [], undone = [] } = JSON.parse(localStorage.getItem(this.key) ?? "{}");
      return { said, undone };
    } catch {
      return { said: [], undone: [] };
    }
  }
}

/** Why the server refused: its own sentence, or the general one where it sent none. */
export async function reason(answer, otherwise) {
  try {
    return (await answer.json()).message ?? otherwise;
  } catch {
    return otherwise;
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
