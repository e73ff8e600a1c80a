import type { TreeEntry } from "../../tar/entry.ts";
import type { Identity } from "./identity.ts";

/** Something that was found on disk. */
export interface Found {
  /** What it is in the layer. */
  readonly entry: TreeEntry;
  /** Where it lies on disk, links followed where they are to be. */
  readonly onDisk: string;
  /** Which file or directory it is. */
  readonly identity: Identity;
}
