/** The video or audio of a session: opens at a second, seeks, and tells where it is. */

export class Player {
  /** root: the element with the media element inside; at: seconds to open at, or null. */
  constructor(root, at = null) {
    this.media = root.querySelector("video, audio");
    this.listeners = new Set();
    this.abort = new AbortController();
    this.frame = 0;
    const options = { signal: this.abort.signal };
    for (const event of ["timeupdate", "seeking", "seeked", "loadedmetadata"]) {
      this.media.addEventListener(event, () => this.tell(), options);
    }
    this.media.addEventListener("play", () => this.run(), options);
    this.media.addEventListener("pause", () => this.tell(), options);
    for (const event of ["playing", "pause"]) {
      this.media.addEventListener(event, () => (this.resuming = false), options);
    }
    if (at !== null) this.seek(at);
    if (!this.media.paused) this.run();
  }

  get time() {
    return this.wanted ?? this.media.currentTime;
  }

  get paused() {
    return this.media.paused;
  }

  /** Goes to `time`, seconds, now or as soon as the length is known. */
  seek(time) {
    if (this.media.readyState > 0) {
      this.wanted = undefined;
      this.media.currentTime = time;
      return;
    }
    if (this.wanted === undefined) {
      this.media.addEventListener(
        "loadedmetadata",
        () => {
          this.media.currentTime = this.wanted;
          this.wanted = undefined;
        },
        { once: true, signal: this.abort.signal },
      );
    }
    this.wanted = time;
    this.tell();
  }

  skip(seconds) {
    const end = Number.isFinite(this.media.duration) ? this.media.duration : Infinity;
    this.seek(Math.min(end, Math.max(0, this.time + seconds)));
  }

  /** Changes what is played with `change`, and goes on where it was. */
  exchange(change) {
    const { time } = this;
    // What is exchanged before it could begin to play was meant to play all the same.
    this.resuming = !this.media.paused || Boolean(this.resuming);
    change();
    this.seek(time);
    if (this.resuming) this.play();
  }

  /** Plays; a browser that forbids it leaves the player paused at its place. */
  play() {
    return this.media.play().catch(() => {});
  }

  toggle() {
    if (this.media.paused) this.play();
    else this.media.pause();
  }

  /** Calls back with the time, seconds, at each change; returns the way to stop that. */
  onTime(callback) {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  tell() {
    for (const callback of this.listeners) callback(this.time);
  }

  /* While it plays, once a frame: a word may last a tenth of a second. */
  run() {
    cancelAnimationFrame(this.frame);
    const step = () => {
      this.tell();
      if (!this.media.paused && !this.media.ended) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.listeners.clear();
    this.abort.abort();
  }
}
