import type { ArrangeOptions } from "./arrange_options.ts";
import type { ArrangedEntry, ArrangedFile } from "./arranged_entry.ts";
import type { DirectoryEntry, FileEntry, TreeEntry } from "./entry.ts";
import type { LowerEntry } from "./lower.ts";

/** An entry whose content, if it has any, can be opened again. */
export type OpenableEntry =
  | Exclude<TreeEntry, FileEntry>
  | (FileEntry & Pick<ArrangedFile, "body">);

const DEFAULT_MODE: Readonly<Record<TreeEntry["type"], number>> = {
  file: 0o644,
  directory: 0o755,
  symlink: 0o777,
  hardlink: 0o644,
  "character-device": 0o644,
  "block-device": 0o644,
  fifo: 0o644,
};

/** Whether a text is a type that a layer knows. */
export function isTreeType(type: string): type is TreeEntry["type"] {
  return Object.hasOwn(DEFAULT_MODE, type);
}

/** Gives an entry everything that it does not say itself. */
export function completeEntry(
  entry: OpenableEntry,
  options: ArrangeOptions,
): ArrangedEntry {
  return {
    ...entry,
    mode: entry.mode ?? DEFAULT_MODE[entry.type],
    uid: entry.uid ?? options.owner?.uid ?? 0,
    gid: entry.gid ?? options.owner?.gid ?? 0,
    mtime: entry.mtime ?? options.mtime ?? 0,
    mtimeNanoseconds: entry.mtimeNanoseconds ?? 0,
    xattrs: entry.xattrs ?? {},
  };
}

/** The same, with the mode changed as the options ask for. */
export function completeAndMask(
  entry: OpenableEntry,
  options: ArrangeOptions,
): ArrangedEntry {
  const complete = completeEntry(entry, options);
  const { mode } = complete;
  // A mode that is out of range is refused as it was given.
  if (!options.mode || entry.type === "symlink" || mode !== (mode & 0o7777)) {
    return complete;
  }
  const { keep = 0o7777, add = 0 } = options.mode;
  return { ...complete, mode: mode & keep | add };
}

/** A directory that no entry gives: as it is in the layers below, if it is. */
export function impliedDirectory(
  path: string,
  below: LowerEntry | undefined,
  options: ArrangeOptions,
): ArrangedEntry {
  const directory: DirectoryEntry = { type: "directory", path };
  if (below?.type !== "directory") return completeAndMask(directory, options);
  const { target: _, isKept: __, ...attributes } = below;
  return completeEntry({ ...attributes, ...directory }, options);
}
