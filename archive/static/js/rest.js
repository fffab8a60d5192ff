/**
 * The rest of a long text. A page opens with its beginning; piece by piece the rest comes in while
 * there is nothing else to do.
 */
import { whenIdle } from "./frames.js";

export const PIECES = "noscript[data-rest]";

export class Rest {
  /**
   * root: [data-transcript]; came: called with the elements of each piece, once they stand in the
   * page; done: called when all of it is there.
   */
  constructor(root, came, done) {
    this.pieces = [...root.querySelectorAll(PIECES)];
    this.came = came;
    this.done = done;
    this.next();
  }

  next() {
    if (!this.pieces.length) return this.done();
    whenIdle(() => {
      const piece = this.pieces.shift();
      if (!piece) return; // whoever waits for it is gone
      const blocks = blocksOf(piece);
      piece.replaceWith(...blocks);
      this.came(blocks);
      this.next();
    });
  }

  destroy() {
    this.pieces = [];
  }
}

/** Puts all of the rest into a text that does not stand in the page yet. */
export function unfold(root) {
  for (const piece of root.querySelectorAll(PIECES)) piece.replaceWith(...blocksOf(piece));
}

/* Where scripts run, what is in <noscript> is mere text; in a document of the parser, elements. */
function blocksOf(piece) {
  if (piece.children.length) return [...piece.children];
  return [...new DOMParser().parseFromString(piece.textContent, "text/html").body.children];
}
