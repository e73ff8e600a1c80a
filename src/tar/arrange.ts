import { blobSpool, type Spool } from "../bytes/spool.ts";
import type { ArrangeOptions } from "./arrange_options.ts";
import type { ArrangedEntry } from "./arranged_entry.ts";
import type { Entry } from "./entry.ts";
import { type ArrangedLink, joinHardLinks } from "./join_hard_links.ts";
import { LayerError } from "./layer_error.ts";
import { nameOf, parentOf, pathBelow, sortByBytes } from "./layer_path.ts";
import { type Choose, LayerTree } from "./layer_tree.ts";
import { placeEntries } from "./place_entries.ts";
import { isMarker } from "./whiteouts.ts";

/**
 * Brings entries into the one form that a layer has, so that equal trees give
 * equal bytes: each directory followed by what it holds, sorted by the bytes of
 * the names, the markers of whiteouts first, every parent directory present, no
 * path twice, and of the names of one file the first one holding the content
 * while the others are hard links to it.
 *
 * Every parent is present because Docker and podman reset a directory to 0755
 * where a layer holds something below it and no entry for it. An entry for the
 * root itself is dropped: runtimes do not agree on what it means.
 *
 * @param spool Takes in the bodies that are streams.
 * @throws {LayerError} For a path that cannot be in a layer, that is there
 * twice, that lies below something that is no directory, that is taken away and
 * there, for a hard link to nothing, and for what no tar can hold.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md}
 */
export async function arrangeEntries(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: ArrangeOptions = {},
  spool: Spool = blobSpool,
): Promise<ArrangedEntry[]> {
  const placed = await placeEntries(entries, options, spool);
  // In this order nothing depends on the one in which they were given.
  sortByBytes(placed, ({ entry }) => entry.path);
  let before: string | undefined;
  for (const { entry: { path } } of placed) {
    if (path === before) {
      throw new LayerError(
        path,
        "it is there twice in one layer; leave one of them out",
      );
    }
    before = path;
  }
  const tree = await LayerTree.of(placed, options, mergeDirectories);
  for (const entry of placed) await tree.add(entry);
  const sorted = sortByBytes(tree.entries(), ({ path }) => sortKey(path));
  return tree.checked(joinHardLinks(sorted, (link) => linkedTo(tree, link)));
}

/** What a symbolic link of the layers below leads to one place is merged. */
const mergeDirectories: Choose = (earlier, later, given) => {
  const { path } = later;
  if (earlier.type !== "directory" || later.type !== "directory") {
    throw new LayerError(
      given,
      `it comes to ${path} twice, because a symbolic link of the layers below ` +
        "leads there; leave one of them out",
    );
  }
  return given === path ? later : earlier;
};

/**
 * Puts what a directory holds right behind it, as every program that lists a
 * tree does: `a/c` before `a-b`. A program that unpacks a directory nobody may
 * write to can then close it when it has come to its end. Markers come before
 * what else is in their directory.
 */
function sortKey(path: string): string {
  const key = isMarker(path)
    ? pathBelow(parentOf(path), `\0${nameOf(path)}`)
    : path;
  // No name holds a NUL, and nothing sorts before it.
  return key.replaceAll("/", "\0");
}

function linkedTo(tree: LayerTree, link: ArrangedLink): ArrangedEntry {
  const passed = new Set<string>();
  let entry: ArrangedEntry | undefined = link;
  while (entry?.type === "hardlink" && !passed.has(entry.path)) {
    passed.add(entry.path);
    entry = tree.get(entry.target);
  }
  if (
    entry === undefined || entry.type === "hardlink" ||
    entry.type === "directory"
  ) {
    throw new LayerError(
      link.path,
      `it is a hard link to ${link.target}, which is no file of this layer; ` +
        "take the file in too, or make it a symbolic link",
    );
  }
  return entry;
}
