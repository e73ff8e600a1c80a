import { Buffer } from "node:buffer";
import { type Attributes, timeFromNanoseconds } from "./attributes.ts";
import { askAbout } from "./ask_about.ts";
import type { Found } from "./found.ts";

/** Seconds with nine decimals, and the path, each ended by a zero byte. */
const OPTIONS = ["--printf=%.9Y %n\\0"];

/** Whether this runtime gives times to the nanosecond. */
export const hasExactTimes: boolean = !("Deno" in globalThis);

/**
 * Completes the times of entries, which Deno gives in milliseconds, by what GNU
 * `stat` says. Where there is none, or it may not be run, they stay as they
 * are.
 */
export async function withExactTimes(all: Found[]): Promise<Found[]> {
  const exact = await askForTimes(all.map(({ onDisk }) => onDisk));
  return all.map((found) => {
    const { entry, onDisk } = found;
    const time = exact.get(onDisk);
    // Another time is that of a change since, or of something else.
    return time !== undefined && isWithin(entry, time)
      ? { ...found, entry: { ...entry, ...time } }
      : found;
  });
}

type Time = Omit<Attributes, "mode">;

async function askForTimes(
  paths: readonly string[],
): Promise<Map<string, Time>> {
  try {
    const { output } = await askAbout(paths, "stat", OPTIONS);
    return parseTimes(output);
  } catch {
    return new Map(); // That is the way of other systems.
  }
}

/**
 * Reads what `stat --printf='%.9Y %n\0'` prints.
 *
 * @param output As it was printed, in Latin-1.
 */
export function parseTimes(output: string): Map<string, Time> {
  const times = new Map<string, Time>();
  const records = output.matchAll(/(-?)(\d+)\.(\d{9}) ([^\0]*)\0/g);
  for (const [, sign, seconds, nanoseconds, path = ""] of records) {
    const distance = BigInt(`${seconds}${nanoseconds}`);
    const time = timeFromNanoseconds(sign === "-" ? -distance : distance);
    times.set(Buffer.from(path, "latin1").toString(), time);
  }
  return times;
}

function isWithin(known: Time, exact: Time): boolean {
  const { mtime, mtimeNanoseconds = 0 } = known;
  const late = (exact.mtimeNanoseconds ?? 0) - mtimeNanoseconds;
  return mtime === exact.mtime && late >= 0 && late < 1_000_000;
}
