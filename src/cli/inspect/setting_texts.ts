import type { Healthcheck } from "../../spec/image.ts";
import { formatDuration } from "../progress/format_amounts.ts";

/** Words that no shell takes for anything else. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A command and its arguments as people write them: `/app -v "a b"`. */
export function wordsText(words: readonly string[]): string {
  return words.map((word) => PLAIN.test(word) ? word : JSON.stringify(word))
    .join(" ");
}

/** A date and time for people, where it is in UTC: `2026-01-31 12:00:00 UTC`. */
export function dateText(dateTime: string): string {
  return dateTime.replace(
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/,
    "$1 $2 UTC",
  );
}

/** Names and values, sorted by name, a line for each. */
export function pairTexts(
  pairs: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(pairs).map(([name, value]) => `${name}=${value}`)
    .sort();
}

/** A check of whether a container is well, on one line. */
export function healthText(
  { Test: test, Interval, Timeout, Retries }: Healthcheck,
): string | undefined {
  const [kind, ...words] = Array.isArray(test) ? test.map(String) : [];
  if (kind === undefined) return undefined;
  if (kind === "NONE") return "none";
  const command = kind === "CMD-SHELL" ? words.join(" ") : wordsText(words);
  const details = [
    ...durationTexts("every", Interval),
    ...durationTexts("timeout", Timeout),
    ...(typeof Retries === "number" && Retries > 0
      ? [`${Retries} ${Retries === 1 ? "retry" : "retries"}`]
      : []),
  ].join(", ");
  return details === "" ? command : `${command} (${details})`;
}

function durationTexts(name: string, nanoseconds: unknown): string[] {
  return typeof nanoseconds === "number" && nanoseconds > 0
    ? [`${name} ${formatDuration(nanoseconds / 1e6)}`]
    : [];
}
