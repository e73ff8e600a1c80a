import { healthDurationFault } from "../../spec/config_rules.ts";
import { quoted, usageError } from "./usage_error.ts";

/** Nanoseconds of each unit. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** An amount and its unit. */
const PART = /(\d*)(?:\.(\d*))?([a-zµμ]+)/y;

/**
 * Makes the parser of a flag that takes the duration of a health check, as Go
 * writes them: `30s`, `1m30s`, `1.5h`, `0`.
 *
 * @param flag Name of the flag, for messages.
 * @returns What reads a text as nanoseconds.
 * @see {@link https://pkg.go.dev/time#ParseDuration}
 */
export function durationParser(flag: string): (text: string) => number {
  return (text) => {
    const nanoseconds = parse(text);
    const fault = nanoseconds === undefined
      ? "write a duration as in 30s, 1m30s or 500ms"
      : healthDurationFault(nanoseconds);
    if (nanoseconds !== undefined && fault === undefined) return nanoseconds;
    throw usageError(`Cannot use --${flag} ${quoted(text)}: ${fault}`);
  };
}

function parse(text: string): number | undefined {
  if (text === "0") return 0;
  if (text === "" || text.length > 100) return undefined;
  let sum = 0n;
  for (let at = 0; at < text.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const [, whole = "", fraction = "", unit = ""] = PART.exec(text) ?? [];
    const nanoseconds = UNITS.get(unit);
    if (nanoseconds === undefined || whole + fraction === "") return undefined;
    // What is less than a nanosecond is dropped, as Go does.
    sum += BigInt(whole + fraction) * nanoseconds /
      10n ** BigInt(fraction.length);
  }
  return Number(sum);
}
