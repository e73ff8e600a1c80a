import type { Stats } from "node:fs";
import type { SourceVersion } from "../../bytes/byte_source.ts";

/** Milliseconds for which a change may leave all times as they were. */
const RACY = 2000;

/** What of a listing tells one content from the next. */
export type ListedFile = Pick<Stats, "ino" | "size" | "mtimeMs" | "ctimeMs">;

/**
 * Which content a file has, by what its file system says: the number of its
 * inode, its size and its times. Nobody can set the time at which an inode
 * changed, so what was written to is another version, also where its other time
 * was set back.
 *
 * A file that was changed within two seconds before it was listed has none: it
 * may be changed again, and its times stay what they are. For that reason it
 * does no harm that times are not to the nanosecond everywhere: what Node and
 * Bun give is finer than a microsecond, and of Deno it is milliseconds for the
 * content and seconds for the inode.
 *
 * @param now When it was listed, in milliseconds since 1970.
 */
export function versionOf(
  { ino, size, mtimeMs, ctimeMs }: ListedFile,
  now: number,
): SourceVersion | undefined {
  // Deno leaves the fraction of the second out.
  const latest = ctimeMs % 1000 === 0 ? ctimeMs + 999 : ctimeMs;
  const isTrusted = ctimeMs > 0 && Math.max(mtimeMs, latest) + RACY <= now;
  if (!isTrusted) return undefined;
  return {
    text: `${ino} ${size} ${mtimeMs} ${ctimeMs}`,
    isCoarse: ctimeMs % 1000 === 0 && mtimeMs === ctimeMs,
  };
}
