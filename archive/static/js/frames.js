/** Waiting until it is the turn of something: once the page is laid out, or has time. */

/** Paragraphs out of sight have an estimated height only: places again what they move, as they come. */
export function untilSettled(place, rounds = 4) {
  inTwoFrames(() => {
    place();
    if (rounds > 1) untilSettled(place, rounds - 1);
  });
}

/** Once what is new has been laid out. */
export function inTwoFrames(action) {
  requestAnimationFrame(() => requestAnimationFrame(action));
}

/** After what the browser is at. */
export function inNextTask(action) {
  setTimeout(action);
}

/** Once the page has nothing else to do, and soon in any case. */
export function whenIdle(action) {
  if (window.requestIdleCallback) requestIdleCallback(action, { timeout: 1000 });
  else setTimeout(action, 200);
}
