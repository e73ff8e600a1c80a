import type { ByteSource } from "../bytes/byte_source.ts";
import type { EntryAttributes, FileEntry, TreeEntry } from "./entry.ts";

/**
 * An entry with nothing left to default, ready to be written. Whiteouts have
 * become the files that mark them.
 */
export type ArrangedEntry =
  & (
    | Exclude<TreeEntry, FileEntry>
    | (FileEntry & { readonly body: ByteSource })
  )
  & Required<EntryAttributes>;

/** A file with nothing left to default, and content of a known size. */
export type ArrangedFile = Extract<ArrangedEntry, { type: "file" }>;
