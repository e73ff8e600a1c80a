import { blobSpool, type Spool } from "../bytes/spool.ts";
import type { ArrangeOptions } from "./arrange_options.ts";
import type { ArrangedEntry } from "./arranged_entry.ts";
import type { Entry } from "./entry.ts";
import { type ArrangedLink, joinHardLinks } from "./join_hard_links.ts";
import { LayerError } from "./layer_error.ts";
import { LayerTree } from "./layer_tree.ts";
import { placeEntries } from "./place_entries.ts";

/**
 * Brings the entries of a tar into a form that a layer can have and keeps their
 * order: every parent directory comes before what it holds, and of two entries
 * with one path the last one counts. A hard link is a further name of what its
 * target was when the link came, as where the tar is unpacked.
 *
 * @param spool Takes in the bodies that are streams.
 * @throws {LayerError} For a path that cannot be in a layer, that lies below
 * something that is no directory, that is taken away and there, for a hard link
 * that comes before its file, and for what no tar can hold.
 */
export async function arrangeInOrder(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: ArrangeOptions = {},
  spool: Spool = blobSpool,
): Promise<ArrangedEntry[]> {
  const placed = await placeEntries(entries, options, spool);
  const tree = await LayerTree.of(placed, options, (_earlier, later) => later);
  const sources = new Map<ArrangedLink, ArrangedEntry>();
  for (const entry of placed) {
    const added = await tree.add(entry);
    if (added?.type !== "hardlink") continue;
    const target = tree.get(added.target);
    const source = target?.type === "hardlink" ? sources.get(target) : target;
    if (source === undefined || source.type === "directory") {
      throw new LayerError(
        added.path,
        `it is a hard link to ${added.target}, which is no file that comes ` +
          "before it in the tar; pack the tar anew, with the file first",
      );
    }
    sources.set(added, source);
  }
  const inOrder = tree.entries();
  return tree.checked(
    joinHardLinks(inOrder, (link) => sources.get(link) ?? link),
  );
}
