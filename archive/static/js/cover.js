/**
 * What is over a video until it plays: its poster, its title and a way to begin. Until then the browser
 * need not make the controls of the video, which are a quarter of what the page costs it.
 */

export class Cover {
  /**
   * root: [data-cover], beside the video; player: a Player; editing: the button that begins to correct
   * the text, who presses it needs the video; or null.
   */
  constructor(root, player, editing) {
    this.root = root;
    this.player = player;
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    root.addEventListener("click", () => this.begin(), options);
    for (const event of ["play", "error"]) {
      player.media.addEventListener(event, () => this.lift(), options);
    }
    player.media.addEventListener("seeking", () => player.media.currentTime && this.lift(), options);
    editing?.addEventListener("click", () => this.lift(), options);
    document.addEventListener("fullscreenchange", () => this.lift(), options);
    if (player.time || !player.paused) this.lift();
  }

  begin() {
    this.lift();
    this.player.play();
  }

  /** Shows the video; whoever was at the cover is at the video then. */
  lift() {
    if (this.root.hidden) return;
    const focused = document.activeElement === this.root;
    this.root.hidden = true;
    if (focused) this.player.media.focus({ preventScroll: true });
  }

  destroy() {
    this.abort.abort();
  }
}
