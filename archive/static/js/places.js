/** Where one stopped in each session, in seconds; kept on this device alone and sent to nobody. */
import { keep, kept } from "./kept.js";

const PLACES = "podium-places"; // [[slug, seconds], ...], the newest first
const ASKED = "podium-remember";
const MOST = 100; // sessions

export function remembersPlaces() {
  return kept(ASKED) !== "off";
}

/** Whether places are remembered from now on; those that are, are forgotten otherwise. */
export function setRemembersPlaces(on) {
  keep(ASKED, on ? null : "off");
  if (!on) keep(PLACES, null);
}

/** Seconds, or null. */
export function placeIn(slug) {
  return all().find(([name]) => name === slug)?.[1] ?? null;
}

export function rememberPlace(slug, time) {
  write([[slug, Math.floor(time)], ...others(slug)].slice(0, MOST));
}

export function forgetPlace(slug) {
  if (placeIn(slug) !== null) write(others(slug));
}

function others(slug) {
  return all().filter(([name]) => name !== slug);
}

function write(places) {
  keep(PLACES, places.length ? JSON.stringify(places) : null);
}

/* Somebody else may have written anything there. */
function all() {
  try {
    const places = JSON.parse(kept(PLACES) ?? "[]");
    return places.filter(([slug, time]) => typeof slug === "string" && time >= 0);
  } catch {
    return [];
  }
}
