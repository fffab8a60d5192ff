/** A video in several sizes: taken in when it is wanted; the plain file is what it falls back to. */
import { loadHls } from "./hls.js";

const NATIVE = "application/vnd.apple.mpegurl";
// The page's own tracks are the captions; the stream has none. Its fragments need no worker to be
// unpacked, which the page's policy would not let run anyway.
const LEAN = {
  enableWorker: false,
  subtitleStreamController: undefined,
  subtitleTrackController: undefined,
  timelineController: undefined,
};

export class Stream extends EventTarget {
  /**
   * media: a video; address: of the list of sizes. Its `player` is a Player of the same video, and may
   * change. Tells of changes with the event "change".
   */
  constructor(media, address) {
    super();
    this.media = media;
    this.address = address;
    this.heights = []; // pixels, of each size in the order of the stream
    this.shown = -1; // the size that plays
    this.fixed = false; // whether there is no choice
    this.media.addEventListener("play", () => this.start(), { once: true });
  }

  /** Changes over to the stream, once; done when that is under way or known to be impossible. */
  start() {
    this.starting ??= this.begin();
    return this.starting;
  }

  async begin() {
    const Hls = await loadHls();
    if (Hls) return this.attach(Hls);
    this.fixed = true;
    if (this.media.canPlayType(NATIVE)) {
      this.media.addEventListener("error", () => this.fallBack(), { once: true });
      this.player.exchange(() => (this.media.src = this.address));
    }
    this.tell();
  }

  attach(Hls) {
    this.hls = new Hls({ ...LEAN, capLevelToPlayerSize: true, startPosition: this.player.time });
    this.hls.on(Hls.Events.MANIFEST_PARSED, (_, { levels }) => {
      this.heights = levels.map(({ height }) => height);
      this.tell();
    });
    this.hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
      this.shown = level;
      this.tell();
    });
    this.hls.on(Hls.Events.ERROR, (_, { fatal }) => fatal && this.fallBack());
    this.hls.loadSource(this.address);
    this.player.exchange(() => this.hls.attachMedia(this.media));
  }

  /** Plays the size with this number, at once; -1: the one that fits line and window best. */
  choose(number) {
    this.hls.capLevelToPlayerSize = number < 0;
    if (number < 0) this.hls.nextLevel = number;
    else this.hls.currentLevel = number;
  }

  get automatic() {
    return this.hls?.autoLevelEnabled ?? true;
  }

  /* Back to the plain file, for good. */
  fallBack() {
    this.fixed = true;
    this.heights = [];
    this.player.exchange(() => {
      this.hls?.destroy();
      this.hls = undefined;
      this.media.removeAttribute("src");
      this.media.load();
    });
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }
}
