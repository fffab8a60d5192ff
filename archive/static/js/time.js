/** Seconds as the page shows them (1:23, 1:02:03) and as people type them. */

export function clock(value) {
  const total = Math.max(0, Math.floor(value || 0));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = two(total % 60);
  return hours ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/** The same with hundredths, to be changed by hand: 1:23.40. */
export function exactClock(value) {
  const hundredths = Math.round(Math.max(0, value || 0) * 100);
  return `${clock(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
}

/** Seconds as they stand in an address: 83.4, 83. */
export function addressed(value) {
  return String(Math.round(Math.max(0, value) * 10) / 10);
}

/** "83.4", "1:23" or "1:02:03" as seconds; null for what is no time. */
export function parsedTime(text) {
  const parts = text.trim().replace(",", ".").split(":").map(Number);
  if (!text.trim() || parts.length > 3 || parts.some((part) => !(part >= 0))) return null;
  return parts.reduce((sum, part) => sum * 60 + part, 0);
}

/** The last index whose start is not after `time`; -1 before the first. Starts are ascending. */
export function lastStarted(starts, time) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
