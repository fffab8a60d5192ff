/** Joins the parts of a session's page, and renews them while its recording is worked on. */
import { Chapters } from "./chapters.js";
import { Controls } from "./controls.js";
import { Correct } from "./correct.js";
import { Cover } from "./cover.js";
import { Doubts } from "./doubts.js";
import { Find } from "./find.js";
import { inNextTask } from "./frames.js";
import { Keys } from "./keys.js";
import { Menu } from "./menu.js";
import { Player } from "./player.js";
import { Progress } from "./progress.js";
import { Quote } from "./quote.js";
import { PIECES, Rest, unfold } from "./rest.js";
import { Resume } from "./resume.js";
import { SeekBar } from "./seek-bar.js";
import { Share } from "./share.js";
import { Stream } from "./stream.js";
import { Transcript } from "./transcript.js";

const root = document.querySelector("[data-session]");
let mounted = {};
const streams = new WeakMap(); // of a video: it plays on while the page around it is renewed

function mount({ openAt = null, opened = false, follows } = {}) {
  const stage = root.querySelector("[data-player]");
  const pane = root.querySelector("[data-transcript]");
  const work = root.querySelector("[data-progress]");
  const marks = root.querySelector("[data-doubts]");
  const player = stage && new Player(stage, openAt);
  const cover = stage?.querySelector("[data-cover]");
  const transcript = pane && new Transcript(pane, player, { openAt, follows });
  const row = root.querySelector("[data-controls]");
  const controls = player && row && new Controls(row, player, streamOf(player), root);
  const go = (time) => {
    if (transcript) return transcript.play(time);
    player.seek(time);
    player.play();
  };
  const list = root.querySelector("[data-chapters]");
  const chapters = list && player && new Chapters(list, player, go);
  const bar =
    player &&
    new SeekBar(root.querySelector("[data-seek-bar]"), player, {
      chapters: chapters?.all,
      words: (time) => transcript?.textAt(time) ?? "",
      sprites: JSON.parse(player.media.dataset.sprites ?? "null"),
      choose: (number) => find?.choose(number),
    });
  const asked = new URLSearchParams(location.search);
  const resume =
    player &&
    new Resume(root.querySelector("[data-resume]"), document.querySelector("[data-places-on]"), {
      slug: root.dataset.slug,
      player,
      go,
      offer: opened && !asked.has("t") && !asked.has("q"),
    });
  const searched = opened && openAt === null && asked.has("q");
  const find =
    pane &&
    new Find(pane.querySelector("[data-find]"), transcript, {
      goToFirst: searched,
      told: (times, current) => bar?.mark(times, current),
    });
  const share = player && new Share(root, document.querySelector("[data-share]"), player);
  const quote =
    share &&
    transcript &&
    new Quote(
      pane.querySelector("[data-quote]"),
      document.querySelector("[data-quote-dialog]"),
      transcript,
      (time) => share.address(time),
    );
  const keys =
    player &&
    new Keys(document.querySelector("[data-keys]"), root.querySelector("[data-open-keys]"), {
      k: () => player.toggle(),
      j: () => player.skip(-10),
      l: () => player.skip(10),
      c: () => share.copyMoment(),
      g: () => transcript?.backToSpoken(),
      q: () => quote?.copy(),
      "/": () => find?.focus(),
      ...controls?.keys,
    });
  const correct = pane?.querySelector("[data-correct]");
  const menu = root.querySelector(".downloads");
  const rest =
    pane?.querySelector(PIECES) &&
    new Rest(
      pane,
      (blocks) => transcript.append(blocks),
      () => {
        find.again();
        root.dataset.mounted = "yes";
      },
    );
  if (!rest) root.dataset.mounted = "yes";
  mounted = {
    rest,
    progress: work && new Progress(work, renew, { calm: Boolean(pane?.dataset.partial) }),
    menu: menu && new Menu(menu),
    cover: cover && new Cover(cover, player, correct),
    correct: correct && new Correct(correct, pane, player, transcript),
    doubts: marks && new Doubts(marks, pane),
    keys,
    quote,
    share,
    find,
    bar,
    controls,
    resume,
    chapters,
    transcript,
    player,
  };
}

function streamOf(player) {
  const { media } = player;
  if (!media.dataset.hls) return null;
  if (!streams.has(media)) streams.set(media, new Stream(media, media.dataset.hls));
  const stream = streams.get(media);
  stream.player = player;
  return stream;
}

/* Takes the new parts from the page as the server has it now; a running video runs on. */
async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  unfold(fresh);
  if (!completed(fresh)) replaceParts(fresh);
  return true;
}

/* Where only more text is written down than before, nothing but that comes in. */
function completed(fresh) {
  const pane = root.querySelector("[data-transcript]");
  const work = fresh.querySelector("[data-progress]");
  const successor = fresh.querySelector("[data-transcript]");
  const sameText = pane?.dataset.partial && pane.dataset.partial === successor?.dataset.partial;
  if (!sameText || !work || !isPlayer(root) !== !isPlayer(fresh)) return false;
  mounted.transcript.take(successor);
  mounted.find.again();
  mounted.progress?.destroy();
  replace("[data-progress]", fresh);
  mounted.progress = new Progress(work, renew, { calm: true });
  return true;
}

function replaceParts(fresh) {
  const focus = selectorOf(document.activeElement);
  const place = mounted.transcript?.place;
  const wanted = mounted.find?.input.value;
  const open = root.querySelector(".downloads")?.open;
  Object.values(mounted).forEach((part) => part?.destroy());
  const playing = isPlayer(root);
  if (playing) addTracks(playing, fresh);
  else replace(".session__stage", fresh);
  if (!playing) replace(".session__controls", fresh);
  replace(".session__tools-place", fresh);
  replace(".session__transcript", fresh);
  root.querySelector("[data-columns]").className = fresh.querySelector("[data-columns]").className;
  if (open && root.querySelector(".downloads")) root.querySelector(".downloads").open = true;
  mount({ follows: place?.follows });
  if (wanted) mounted.find?.again(wanted);
  if (place) mounted.transcript?.resume(place);
  if (focus) root.querySelector(focus)?.focus({ preventScroll: true });
}

function isPlayer(page) {
  return page.querySelector("[data-player]");
}

function replace(selector, fresh) {
  const old = root.querySelector(selector);
  const successor = fresh.querySelector(selector);
  if (old && successor) old.replaceWith(document.adoptNode(successor));
}

/* How to find the element in focus among the parts that come in its place; cues know themselves. */
function selectorOf(node) {
  if (!node?.closest(".session__tools-place, .session__transcript") || node.closest(".cue")) return "";
  if (node.id) return `#${CSS.escape(node.id)}`;
  const name = [...node.attributes].find((one) => /^(data-|href$)/.test(one.name));
  if (name) return `${node.localName}[${name.name}="${CSS.escape(name.value)}"]`;
  return node.localName === "summary" ? ".downloads summary" : "";
}

function addTracks(playing, fresh) {
  const media = playing.querySelector("video");
  if (!media || media.querySelector("track")) return;
  for (const track of fresh.querySelectorAll("[data-player] track")) {
    media.append(document.adoptNode(track));
  }
}

const at = root.dataset.at;
// In a task of its own: what the page does while it becomes ready stays short.
inNextTask(() => mount({ openAt: at ? Number(at) : null, opened: true }));
