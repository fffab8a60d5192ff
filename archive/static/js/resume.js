/** Offers to go on where one stopped the last time; remembers where one stops now. */
import { forgetPlace, placeIn, rememberPlace, remembersPlaces, setRemembersPlaces } from "./places.js";
import { clock } from "./time.js";

const BEGUN = 30; // seconds before which nothing is lost
const OVER = 30; // seconds before the end at which it is over
const SEEN = 0.95; // share of the recording after which it is over, too
const EVERY = 5; // seconds of playing between two notes

export class Resume {
  /**
   * root: [data-resume]; choice: the checkbox of the help; slug: of the session; player: a Player;
   * go: called with the second to go on at; offer: whether the address leaves open where to begin.
   */
  constructor(root, choice, { slug, player, go, offer }) {
    this.root = root;
    this.slug = slug;
    this.player = player;
    this.noted = player.time;
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    const on = (selector, action) =>
      root.querySelector(selector).addEventListener("click", action, options);
    on("[data-resume-go]", () => this.use(go));
    on("[data-resume-forget]", () => this.forget());
    on("[data-resume-dismiss]", () => this.close());
    choice.checked = remembersPlaces();
    choice.addEventListener("change", () => this.choose(choice.checked), options);
    player.media.addEventListener("pause", () => this.note(), options);
    window.addEventListener("pagehide", () => this.note(), options);
    document.addEventListener("visibilitychange", () => document.hidden && this.note(), options);
    this.stopListening = player.onTime((time) => this.tick(time));
    if (offer) this.offer();
  }

  offer() {
    this.place = remembersPlaces() ? placeIn(this.slug) : null;
    const length = Number(this.root.dataset.duration); // another recording may be shorter
    if (this.place === null || (length && this.place > length - OVER)) return;
    const button = this.root.querySelector("[data-resume-go]");
    button.textContent = button.dataset.label.replace("{time}", clock(this.place));
    this.root.hidden = false;
  }

  use(go) {
    go(this.place);
    this.close();
    this.player.media.focus({ preventScroll: true });
  }

  forget() {
    forgetPlace(this.slug);
    this.close();
  }

  choose(on) {
    setRemembersPlaces(on);
    if (!on) this.close();
  }

  close() {
    const focused = this.root.contains(document.activeElement);
    this.root.hidden = true;
    if (focused) this.player.media.focus({ preventScroll: true });
  }

  tick(time) {
    if (Math.abs(time - this.noted) >= EVERY) this.note();
    // Who has begun anew does not want to go on any more.
    if (!this.root.hidden && !this.player.paused && time > BEGUN) this.close();
  }

  note() {
    const { time } = this.player;
    this.noted = time;
    if (!remembersPlaces() || time < BEGUN) return;
    const { duration } = this.player.media;
    if (time > duration - OVER || time > duration * SEEN) forgetPlace(this.slug);
    else rememberPlace(this.slug, time);
  }

  destroy() {
    this.stopListening();
    this.abort.abort();
  }
}
