/** The row under the video: speed, quality, captions, a small window, a wide picture. */
import { Captions } from "./captions.js";
import { keep, kept } from "./kept.js";
import { Quality } from "./quality.js";

const SPEED = "podium-speed";
const WIDE = "podium-wide";

export class Controls {
  /** root: [data-controls]; player: a Player; stream: a Stream or null; page: [data-session]. */
  constructor(root, player, stream, page) {
    this.root = root;
    this.media = player.media;
    this.page = page;
    this.told = root.querySelector("[data-told]");
    this.speed = root.querySelector("[data-speed]");
    this.speeds = [...this.speed.options].map(({ value }) => Number(value));
    this.window = root.querySelector("[data-window]");
    this.wide = root.querySelector("[data-wide]");
    this.abort = new AbortController();
    const video = this.media.localName === "video";
    this.captions = video && new Captions(root.querySelector("[data-captions]"), this.media);
    this.quality = stream && new Quality(root.querySelector("[data-quality]"), stream);
    root.hidden = false;
    this.listen();
    this.setSpeed(Number(kept(SPEED)) || 1);
    if (video) this.prepareVideo();
  }

  listen() {
    const options = { signal: this.abort.signal };
    this.speed.addEventListener("change", () => this.setSpeed(Number(this.speed.value)), options);
    this.media.addEventListener("ratechange", () => this.showSpeed(), options);
  }

  prepareVideo() {
    const options = { signal: this.abort.signal };
    if (document.pictureInPictureEnabled && !this.media.disablePictureInPicture) {
      this.window.hidden = false;
      this.window.addEventListener("click", () => this.toggleWindow(), options);
      for (const event of ["enterpictureinpicture", "leavepictureinpicture"]) {
        this.media.addEventListener(event, () => this.showWindow(), options);
      }
      this.showWindow();
    }
    this.wide.hidden = false;
    this.wide.addEventListener("click", () => this.toggleWide(), options);
    this.setWide(kept(WIDE) === "yes");
  }

  /* Speed */

  setSpeed(rate) {
    // What is loaded later, such as another size of the video, starts with the default.
    this.media.defaultPlaybackRate = rate;
    this.media.playbackRate = rate;
    this.showSpeed();
  }

  /** One step slower or faster: -1, 1. */
  step(by) {
    const now = this.media.playbackRate;
    const next =
      by > 0 ? this.speeds.find((speed) => speed > now) : this.speeds.findLast((speed) => speed < now);
    if (next) this.setSpeed(next);
    this.tell(`${this.speed.dataset.name} ${this.speed.selectedOptions[0].text}`);
  }

  /* The browser's own menu knows further speeds. */
  showSpeed() {
    const rate = this.media.playbackRate;
    keep(SPEED, rate === 1 ? null : String(rate));
    if (!this.speeds.includes(rate)) {
      this.speed.querySelector("[data-other]")?.remove();
      const other = new Option(`${rate.toLocaleString(document.documentElement.lang)}×`, String(rate));
      other.dataset.other = "";
      this.speed.append(other);
    }
    this.speed.value = String(rate);
  }

  /* Windows */

  async toggleWindow() {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await this.media.requestPictureInPicture();
    } catch {
      this.tell(this.window.dataset.failed);
    }
  }

  showWindow() {
    const open = document.pictureInPictureElement === this.media;
    this.window.setAttribute("aria-pressed", String(open));
  }

  toggleWide() {
    const on = this.wide.getAttribute("aria-pressed") !== "true";
    this.setWide(on);
    keep(WIDE, on ? "yes" : null);
    this.page.querySelector("[data-player]").scrollIntoView({ block: "nearest" });
  }

  setWide(on) {
    this.page.classList.toggle("session--wide", on);
    this.wide.setAttribute("aria-pressed", String(on));
  }

  toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.media.requestFullscreen) this.media.requestFullscreen().catch(() => {});
    else this.media.webkitEnterFullscreen?.();
  }

  /** What the keys do, by key. */
  get keys() {
    const always = {
      ",": () => this.step(-1),
      "<": () => this.step(-1),
      ".": () => this.step(1),
      ">": () => this.step(1),
    };
    if (!this.captions) return always;
    return {
      ...always,
      t: () => this.toggleWide(),
      p: () => !this.window.hidden && this.toggleWindow(),
      v: () => this.tell(this.captions.toggle()),
      f: () => this.toggleFullScreen(),
    };
  }

  tell(sentence) {
    if (sentence) this.told.textContent = sentence;
  }

  destroy() {
    this.captions?.destroy?.();
    this.quality?.destroy();
    this.abort.abort();
  }
}
