/**
 * What is being corrected: parts over a base that never changes.
 *
 * A part replaces the cues `first` to `last` of the base by cues of its own; at first each cue is a
 * part of its own.
 */
export const SHORTEST = 0.1; // seconds of a line

export class Parts {
  /** base: cues with start, end, text, speaker, language, reviewed and doubtful. */
  constructor(base) {
    this.base = base;
    this.all = base.map((cue, place) => this.alone(place));
  }

  alone(place) {
    return { first: place, last: place, cues: [{ ...this.base[place] }] };
  }

  get rows() {
    return this.all.flatMap((part) => part.cues);
  }

  of(cue) {
    return this.all.find((part) => part.cues.includes(cue));
  }

  /** Puts a part in the place of those that lie inside it. */
  put(part) {
    const from = this.all.findIndex((one) => one.first >= part.first);
    let to = from;
    while (to < this.all.length && this.all[to].last <= part.last) to += 1;
    if (from < 0) return;
    this.all.splice(from, to - from, part);
  }

  /** Joins a cue with the next one; the parts that are gone by that. */
  join(cue, next) {
    const one = this.of(cue);
    const other = this.of(next);
    Object.assign(cue, { text: `${cue.text} ${next.text}`, end: Math.max(cue.end, next.end) });
    if (one === other) {
      one.cues.splice(one.cues.indexOf(next), 1);
      return [];
    }
    const cues = [...one.cues, ...other.cues.filter((each) => each !== next)];
    const from = this.all.indexOf(one);
    const part = { first: one.first, last: other.last, cues };
    this.all.splice(from, this.all.indexOf(other) - from + 1, part);
    return [one, other];
  }

  /** Splits a cue before a letter of its text; the part, or null where that leaves nothing to read. */
  split(cue, at) {
    const before = cue.text.slice(0, at).trim();
    const after = cue.text.slice(at).trim();
    if (!before || !after || cue.end - cue.start < 2 * SHORTEST) return null;
    const share = before.length / (before.length + after.length);
    const middle = Math.round((cue.start + (cue.end - cue.start) * share) * 1000) / 1000;
    const part = this.of(cue);
    part.cues.splice(part.cues.indexOf(cue) + 1, 0, { ...cue, text: after, start: middle });
    Object.assign(cue, { text: before, end: middle });
    return part;
  }

  /** Takes a cue out; the part that it is gone from. */
  remove(cue) {
    const part = this.of(cue);
    part.cues.splice(part.cues.indexOf(cue), 1);
    return part;
  }

  /** Gives a speaker to a cue and to those after it that have the same one as the next; the parts. */
  give(cue, name) {
    const { rows } = this;
    const from = rows.indexOf(cue);
    const before = rows[from + 1]?.speaker ?? null;
    const parts = new Set();
    for (const one of rows.slice(from)) {
      if (one !== cue && (one.speaker ?? null) !== before) break;
      one.speaker = name;
      parts.add(this.of(one));
    }
    return parts;
  }

  /** Brings back what the base says in the place of a part; the first cue of it. */
  undo(part) {
    const places = Array.from({ length: part.last - part.first + 1 }, (_, n) => part.first + n);
    const parts = places.map((place) => this.alone(place));
    this.all.splice(this.all.indexOf(part), 1, ...parts);
    return parts[0].cues[0];
  }

  /** What the base says in the place of a part. */
  baseOf(part) {
    return this.base.slice(part.first, part.last + 1).map((cue) => cue.text).join(" ");
  }
}
