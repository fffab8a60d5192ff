/** Copies a text; browsers without HTTPS have no clipboard: then the answer is false. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
