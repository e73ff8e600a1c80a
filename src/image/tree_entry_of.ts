import type { ByteSource } from "../bytes/byte_source.ts";
import type { EntryAttributes, FileEntry, TreeEntry } from "../tar/entry.ts";
import type { TarHeader } from "../tar/read/tar_entry.ts";

/** What an entry of a tar can be in a layer. */
type TarTreeEntry =
  | Exclude<TreeEntry, FileEntry>
  | (FileEntry & { readonly body: ByteSource });

/**
 * The entry of a layer that an entry of a tar is.
 *
 * @param attributes What it has besides its type.
 * @param body The content of a file.
 * @returns Nothing for what lies in no tree.
 */
export function treeEntryOf<A extends EntryAttributes>(
  { type, target, major, minor }: TarHeader,
  attributes: A,
  body: ByteSource,
): A & TarTreeEntry | undefined {
  switch (type) {
    case "other":
      return undefined;
    case "file":
      return { ...attributes, type, body };
    case "symlink":
    case "hardlink":
      return { ...attributes, type, target };
    case "character-device":
    case "block-device":
      return { ...attributes, type, major, minor };
    case "directory":
    case "fifo":
      return { ...attributes, type };
  }
}
