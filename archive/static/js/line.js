/** A line of a transcript that is corrected: its time, who says it, and what, uncertain words marked. */
import { clock } from "./time.js";

/** The line of a cue, as an element; part: what it belongs to. */
export function lineOf(part, cue) {
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
  button.append(...marked(cue.text, part.changed ? [] : (cue.doubtful ?? [])));
  node.append(time, button);
  return node;
}

/* The text as nodes, its uncertain words marked. */
function marked(text, doubtful) {
  const nodes = [];
  let done = 0;
  for (const word of doubtful) {
    const from = text.indexOf(word, done);
    if (from < 0) continue;
    const mark = document.createElement("u");
    mark.className = "doubtful";
    mark.textContent = word;
    nodes.push(text.slice(done, from), mark);
    done = from + word.length;
  }
  nodes.push(text.slice(done));
  return nodes;
}
