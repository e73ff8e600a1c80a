import { type BigIntStats, lstatSync, type Stats } from "node:fs";
import type { DirectoryOptions } from "./directory.ts";

/** Windows has no modes, other separators, and owners of another kind. */
export const onWindows: boolean = globalThis.process?.platform === "win32";

/** Which attributes are taken over. */
export type AttributeOptions = Pick<DirectoryOptions, "modes" | "mtime">;

/** What an entry takes over of what the disk says. */
export interface Attributes {
  /** Permission bits. */
  readonly mode: number;
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly mtime?: number;
  /** Nanoseconds after `mtime`. */
  readonly mtimeNanoseconds?: number;
}

/** The attributes of something on disk. */
export function attributesOf(
  path: string,
  stats: Stats,
  options: AttributeOptions,
): Attributes {
  const mode = modeOf(stats, options);
  return options.mtime === "preserve" ? { mode, ...timeOf(path) } : { mode };
}

/** When something on disk was changed. */
export function timeOf(path: string): Omit<Attributes, "mode"> {
  return timeFromNanoseconds(precise(path).mtimeNs);
}

/** A time as entries have it. */
export function timeFromNanoseconds(time: bigint): Omit<Attributes, "mode"> {
  const nanoseconds = ((time % BILLION) + BILLION) % BILLION;
  return {
    mtime: Number((time - nanoseconds) / BILLION),
    mtimeNanoseconds: Number(nanoseconds),
  };
}

/**
 * What the disk says, in full: times to the nanosecond, and numbers that may
 * have 64 bits. It costs twice as much.
 */
export function precise(path: string): BigIntStats {
  return lstatSync(path, { bigint: true });
}

const BILLION = 1_000_000_000n;

function modeOf(stats: Stats, { modes }: AttributeOptions): number {
  if (onWindows) return 0o755;
  if (modes !== "git") return stats.mode & 0o7777;
  const isRunnable = stats.isFile() && (stats.mode & 0o100) !== 0;
  return stats.isDirectory() || isRunnable ? 0o755 : 0o644;
}
