import { realpathSync, statSync } from "node:fs";
import {
  basename,
  dirname,
  isAbsolute,
  join,
  relative,
  resolve,
} from "node:path";
import { printable } from "../../spec/printable.ts";
import { usageError } from "../parse/usage_error.ts";

/**
 * Refuses to write into a directory that goes into the image, or in place of a
 * file that does: the next build would pack what this one wrote, and have
 * another digest.
 *
 * @param sources Paths of the directories, files and tars.
 * @param outputs Paths that are to be written.
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkOutside(
  sources: readonly string[],
  outputs: readonly string[],
): void {
  for (const output of outputs) {
    const source = sources.find((path) => isInside(real(output), real(path)));
    if (source === undefined) continue;
    const what = isFile(source)
      ? "it goes into the image itself"
      : `it would lie in ${printable(source)}, which goes into the image`;
    throw usageError(
      `Cannot write ${printable(output)}: ${what}; write it elsewhere`,
    );
  }
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === "" || (!/^\.\.(?:[\\/]|$)/.test(way) && !isAbsolute(way));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A path without symbolic links, as far as it exists. */
function real(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(real(parent), basename(whole));
  }
}
