const UNITS = ["kB", "MB", "GB", "TB", "PB"];

/** Bytes for people, `12.3 MB`; at most eight columns. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.floor(bytes)} B`;
  let amount = bytes / 1000;
  let unit = 0;
  // 999.95 would be rounded to 1000.0.
  while (amount >= 999.95 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${amount.toFixed(1)} ${UNITS[unit]}`;
}

/** A duration for people: `0.3 s`, `42 s`, `3 min 05 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const rest = String(whole % 60).padStart(2, "0");
  return `${Math.floor(whole / 60)} min ${rest} s`;
}
