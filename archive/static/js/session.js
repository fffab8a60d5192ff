/** Joins the parts of a session's page, and renews them while its recording is worked on. */
import { Find } from "./find.js";
import { Keys } from "./keys.js";
import { Menu } from "./menu.js";
import { Player } from "./player.js";
import { Progress } from "./progress.js";
import { Share } from "./share.js";
import { Transcript } from "./transcript.js";

const root = document.querySelector("[data-session]");
let mounted = [];

function mount({ openAt = null, opened = false } = {}) {
  const stage = root.querySelector("[data-player]");
  const pane = root.querySelector("[data-transcript]");
  const work = root.querySelector("[data-progress]");
  const player = stage && new Player(stage, openAt);
  const transcript = pane && new Transcript(pane, player, { openAt });
  const searched = opened && openAt === null && new URLSearchParams(location.search).has("q");
  const find = pane && new Find(pane.querySelector("[data-find]"), transcript, { goToFirst: searched });
  const share = player && new Share(root, document.querySelector("[data-share]"), player);
  const keys =
    player &&
    new Keys(document.querySelector("[data-keys]"), root.querySelector("[data-open-keys]"), {
      k: () => player.toggle(),
      j: () => player.skip(-10),
      l: () => player.skip(10),
      c: () => share.copyMoment(),
      g: () => transcript?.backToSpoken(),
      "/": () => find?.focus(),
    });
  const menu = root.querySelector(".downloads");
  const progress = work && new Progress(work, renew);
  mounted = [progress, menu && new Menu(menu), keys, share, find, transcript, player].filter(Boolean);
  root.dataset.mounted = "yes";
}

/* Takes the new parts from the page as the server has it now; a running video runs on. */
async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  mounted.forEach((part) => part.destroy());
  const playing = root.querySelector("[data-player]");
  if (playing) addTracks(playing, fresh);
  else replace(".session__stage", fresh);
  replace(".session__tools-place", fresh);
  replace(".session__transcript", fresh);
  root.querySelector("[data-columns]").className = fresh.querySelector("[data-columns]").className;
  mount();
}

function replace(selector, fresh) {
  const old = root.querySelector(selector);
  const successor = fresh.querySelector(selector);
  if (old && successor) old.replaceWith(document.adoptNode(successor));
}

function addTracks(playing, fresh) {
  const media = playing.querySelector("video");
  if (!media || media.querySelector("track")) return;
  for (const track of fresh.querySelectorAll("[data-player] track")) {
    media.append(document.adoptNode(track));
  }
}

const at = root.dataset.at;
mount({ openAt: at ? Number(at) : null, opened: true });
