/** What is quoted, as one sets it down: „text“ – speaker, title, event, time, address. */
import { clock } from "./time.js";

// The outer and the inner quotation marks of a language.
const MARKS = {
  cs: "„“‚‘",
  da: "»«›‹",
  de: "„“‚‘",
  en: "“”‘’",
  es: "«»“”",
  fr: ["« ", " »", "“", "”"],
  it: "«»“”",
  nl: "“”‘’",
  pl: "„”«»",
  ru: "«»„“",
  sv: "””’’",
  uk: "«»„“",
};
const ANY_MARKS = /[„“”«»]|"(?=\S)|(?<=\S)"/g;
const CLOSES = /[\p{L}\p{N}.,;:!?…)]$/u;

/**
 * said: [{speaker, text, language}] in order; source: {title, event, time, link}, the time in seconds.
 * One speaker is named behind the text, several before what each of them says.
 */
export function quotation(said, { title, event, time, link }) {
  const runs = joined(said);
  const speakers = new Set(runs.map(({ speaker }) => speaker).filter(Boolean));
  const several = runs.length > 1 && speakers.size > 0;
  const text = runs
    .map(({ speaker, text, language }) => {
      const marked = quoted(text, language);
      return several && speaker ? `${speaker}: ${marked}` : marked;
    })
    .join("\n");
  const names = several ? [] : [...speakers];
  return `${text} – ${[...names, title, event, clock(time), link].join(", ")}`;
}

function joined(said) {
  const runs = [];
  for (const one of said) {
    const last = runs.at(-1);
    if (last && last.speaker === one.speaker) last.text += ` ${one.text}`;
    else runs.push({ ...one });
  }
  return runs.map((run) => ({ ...run, text: run.text.replace(/\s+/g, " ").trim() }));
}

/* Marks inside the text become inner ones. */
function quoted(text, language) {
  const [open, close, innerOpen, innerClose] = MARKS[language.split("-")[0]] ?? MARKS.en;
  const inside = text.replace(ANY_MARKS, (_, at) =>
    CLOSES.test(text.slice(0, at)) ? innerClose : innerOpen,
  );
  return `${open}${inside}${close}`;
}
