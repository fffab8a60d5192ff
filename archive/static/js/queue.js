/** The queue renews itself: every part under [data-fresh], from the page as the server has it now. */
import { freshen } from "./fresh.js";

const PAUSE = 3000; // milliseconds between two questions
const PATIENCE = 15000; // the same while the page is hidden or the server is not reached

async function renew() {
  let pause = document.hidden ? PATIENCE : PAUSE;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-fresh]")) {
      const successor = fresh.getElementById(part.id);
      if (successor) freshen(part, successor);
    }
  } catch {
    pause = PATIENCE;
  }
  setTimeout(renew, pause);
}

setTimeout(renew, PAUSE);
