import type { EntryAttributes, TreeEntry } from "./entry.ts";

/** What lies at a path in the layers below: a base image, or earlier layers. */
export interface LowerEntry extends Omit<EntryAttributes, "path"> {
  /** What it is. */
  readonly type: TreeEntry["type"];
  /** Where a symbolic link points. */
  readonly target?: string;
  /**
   * Whether it is a directory of a base image: its mode, owner, time and
   * extended attributes count for more than those that the layer itself has for
   * it. Not for a tar that is taken byte for byte, whose own entries count.
   *
   * @default {false}
   */
  readonly isKept?: boolean;
}

/**
 * Finds what lies at a path in the layers below. Of interest are directories,
 * whose attributes a layer repeats when it puts something into them, and
 * symbolic links to directories, which a layer leaves in place and puts things
 * behind.
 *
 * @param path In the form that layers have: `usr/bin`.
 * @returns Nothing where there is nothing, or nothing known.
 */
export type Lower = (
  path: string,
) => LowerEntry | undefined | Promise<LowerEntry | undefined>;
