/** What is remembered on this device alone: small texts by name. */

/** The text kept under a name, or null; browsers that keep nothing have none. */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text under a name, or forgets it where the text is null. */
export function keep(name, text) {
  try {
    if (text === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // Without storage the choice holds until the page is left.
  }
}
