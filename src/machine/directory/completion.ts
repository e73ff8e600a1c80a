import { addXattrs } from "./add_xattrs.ts";
import type { DirectoryOptions } from "./directory.ts";
import { hasExactTimes, withExactTimes } from "./exact_times.ts";
import type { Found } from "./found.ts";
import { XattrReader } from "./xattr_reader.ts";

/** Adds to entries what this runtime cannot read, and other programs can. */
export type Completion = (all: Found[]) => Promise<Found[]>;

/**
 * What entries need besides what the runtime reads, nothing where that is all.
 *
 * @param root The tree, for messages.
 * @throws {LayerError} Where what is required cannot be read here.
 */
export function completionOf(
  root: string,
  options: Pick<DirectoryOptions, "mtime" | "xattrs" | "onWarning">,
): Completion | undefined {
  const reader = new XattrReader(root, options);
  const needsTimes = options.mtime === "preserve" && !hasExactTimes;
  if (!needsTimes && !reader.isOn) return undefined;
  return async (all) => {
    const timed = needsTimes ? await withExactTimes(all) : all;
    return reader.isOn ? await addXattrs(timed, reader) : timed;
  };
}
