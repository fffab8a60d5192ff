/** The library that plays a video in several sizes. */

/** The class Hls; null where the library was not fetched, or where this browser cannot use it. */
export async function loadHls() {
  try {
    const { default: Hls } = await import("../vendor/hls/hls.mjs");
    return Hls.isSupported() ? Hls : null;
  } catch {
    return null;
  }
}
