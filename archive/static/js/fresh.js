/** Brings a part of the page to the state that the server has now, changing only what differs.

    What has not changed stays the same element, so the focus, the place read by a screen reader and
    the selection stay where they are, and what was unfolded stays so. Elements are told apart by
    their ids. */

/** Makes `old` look like `fresh`, which is used up. */
export function freshen(old, fresh) {
  copyAttributes(old, fresh);
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  const kept = new Set();
  let next = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const same = (wanted.id && known.get(wanted.id)) || (alike(next, wanted) && !kept.has(next) ? next : null);
    if (!same) {
      const added = document.adoptNode(wanted);
      old.insertBefore(added, next);
      kept.add(added);
      continue;
    }
    if (same === next) next = next.nextSibling;
    else move(same, old, next);
    kept.add(same);
    if (same.nodeType === Node.ELEMENT_NODE) freshen(same, wanted);
    else if (same.nodeValue !== wanted.nodeValue) same.nodeValue = wanted.nodeValue;
  }
  for (const child of [...old.childNodes]) {
    // What holds the focus stays until the focus has left it.
    if (!kept.has(child) && !child.contains(document.activeElement)) child.remove();
  }
}

function alike(old, wanted) {
  return old && old.nodeName === wanted.nodeName && (old.id || "") === (wanted.id || "");
}

function move(node, parent, before) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(node, before);
  focused?.focus({ preventScroll: true });
}

function copyAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
