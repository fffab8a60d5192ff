/** Lets a mouse select text inside links, where browsers would begin no selection by themselves. */

const MOVED = 4; // pixels from which on it is no click

export class DragSelect {
  /** root: the element with the links inside. */
  constructor(root) {
    this.abort = new AbortController();
    const options = { signal: this.abort.signal };
    root.addEventListener("mousedown", (event) => this.pressed(event), options);
    window.addEventListener("mousemove", (event) => this.moved(event), options);
    window.addEventListener("mouseup", () => (this.from = null), options);
  }

  pressed(event) {
    const single = event.button === 0 && event.detail === 1 && !event.shiftKey;
    this.from = single && event.target.closest("a") ? caretAt(event) : null;
    this.start = event;
    this.own = false;
  }

  moved(event) {
    if (!this.from || !(event.buttons & 1)) return;
    const { clientX, clientY } = this.start;
    if (Math.hypot(event.clientX - clientX, event.clientY - clientY) < MOVED) return;
    const selection = getSelection();
    if (!this.own && !selection.isCollapsed) return; // the browser does it
    const to = caretAt(event);
    if (!to) return;
    this.own = true;
    selection.setBaseAndExtent(...this.from, ...to);
  }

  destroy() {
    this.abort.abort();
  }
}

/* Where between letters a pointer is: [node, offset]. */
function caretAt({ clientX, clientY }) {
  if (document.caretPositionFromPoint) {
    const caret = document.caretPositionFromPoint(clientX, clientY);
    return caret && [caret.offsetNode, caret.offset];
  }
  const range = document.caretRangeFromPoint(clientX, clientY);
  return range && [range.startContainer, range.startOffset];
}
