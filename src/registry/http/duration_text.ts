const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60]] as const;

/**
 * A duration for people, in its largest unit that fits, rounded up:
 * `15 minutes`, `2 days`.
 *
 * @param milliseconds How long it is.
 */
export function durationText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  const [unit, size] = UNITS.find(([, size]) => seconds >= 2 * size) ??
    ["second", 1];
  const count = Math.ceil(seconds / size);
  if (count > 9999) return "a very long time";
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
