import type { ArrangedEntry, ArrangedFile } from "./arranged_entry.ts";

/** An entry that is a hard link. */
export type ArrangedLink = Extract<ArrangedEntry, { type: "hardlink" }>;

/**
 * Gives the content of each file to the first of its names; the others are hard
 * links to that one. Their headers repeat the attributes of the file, because
 * consumers apply those of a link to the file that it shares; only extended
 * attributes are given once. A further name of something that is no file is one
 * more of it.
 *
 * @param entries In the order in which they will be written.
 * @param sourceOf What a link is a further name of.
 */
export function joinHardLinks(
  entries: readonly ArrangedEntry[],
  sourceOf: (link: ArrangedLink) => ArrangedEntry,
): ArrangedEntry[] {
  if (!entries.some(({ type }) => type === "hardlink")) return [...entries];
  const firstNames = new Map<ArrangedFile, string>();
  return entries.map((entry) => {
    if (entry.type !== "file" && entry.type !== "hardlink") return entry;
    const { path } = entry;
    const source = entry.type === "file" ? entry : sourceOf(entry);
    if (source.type !== "file") return { ...source, path };
    const target = firstNames.get(source);
    if (target === undefined) {
      firstNames.set(source, path);
      return { ...source, path };
    }
    const { body: _, ...attributes } = source;
    return { ...attributes, xattrs: {}, type: "hardlink", path, target };
  });
}
