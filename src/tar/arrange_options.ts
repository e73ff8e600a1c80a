import type { Entry } from "./entry.ts";
import type { OnLayerWarning } from "./layer_warning.ts";
import type { Lower } from "./lower.ts";

/** How the entries of a layer are brought into their one form. */
export interface ArrangeOptions {
  /**
   * Path in the layer under which the entries are put.
   *
   * @default {"/"}
   */
  readonly prefix?: string;
  /**
   * Owner of the entries that name none, and of the parents that come into
   * being.
   *
   * @default {{ uid: 0, gid: 0 }}
   */
  readonly owner?: Owner;
  /**
   * Time of the entries that name none, in whole seconds since
   * 1970-01-01T00:00:00Z.
   *
   * @default {0}
   */
  readonly mtime?: number;
  /**
   * Changes the modes of all entries, also of those that name one, but not of
   * symbolic links, of the markers of whiteouts and of directories that repeat
   * what lies below.
   *
   * @default {{}}
   */
  readonly mode?: ModeMask;
  /**
   * Which entries are taken; called with what was given, before `map`. Of a file
   * that is left out, the next hard link to it that is taken becomes the file.
   *
   * @default all
   */
  readonly filter?: (entry: Entry) => boolean;
  /**
   * Changes entries: the path, the owner, whatever is to be other. Called after
   * `filter` and before `prefix`. Nothing in place of an entry leaves it out. A
   * hard link whose target stays as it was follows its file to the new path.
   *
   * @default what was given
   */
  readonly map?: (entry: Entry) => Entry | undefined;
  /**
   * Whether entries whose names begin with `.wh.` are meant as the markers that
   * take paths of the layers below away. Where they are not, they are refused:
   * in an image such a file would not appear, and delete another one.
   *
   * @default {false}
   */
  readonly whiteouts?: boolean;
  /**
   * What lies in the layers below. Parent directories that no entry gives
   * repeat the attributes that they have there, and what would lie behind a
   * symbolic link to a directory is put where the link leads. A directory of a
   * base image (`isKept`) stays what it is there, whatever an entry, `owner` or
   * `mode` say: what is put into `/tmp` is no reason to close it.
   *
   * @default nothing
   */
  readonly lower?: Lower;
  /** Is told what is odd about the tree. */
  readonly onWarning?: OnLayerWarning;
}

/** What is done to modes: `mode & keep | add`. */
export interface ModeMask {
  /**
   * The bits that may stay, 0 to 0o7777.
   *
   * @default {0o7777}
   */
  readonly keep?: number;
  /**
   * The bits that are set besides, 0 to 0o7777.
   *
   * @default {0}
   */
  readonly add?: number;
}

/** A numeric user and group. */
export interface Owner {
  /** User. */
  readonly uid: number;
  /** Group. */
  readonly gid: number;
}
