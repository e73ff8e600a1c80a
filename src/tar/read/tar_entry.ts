import type { TreeEntry } from "../entry.ts";

/** What a tar says about one of its entries. */
export interface TarHeader {
  /**
   * What it is. Contiguous files count as files, the directories of GNU's
   * incremental archives as directories. `other` is what lies in no tree: the
   * label of a volume, the access list of Solaris, what nobody knows.
   */
  readonly type: TreeEntry["type"] | "other";
  /** The character by which the tar tells the types apart. */
  readonly typeFlag: string;
  /**
   * The name as it is written, with `./` and trailing `/` where they are there.
   * Bytes that are not UTF-8 read as U+FFFD; see `rawPath`.
   */
  readonly path: string;
  /** The bytes of a name that is not UTF-8. */
  readonly rawPath?: Uint8Array;
  /** Where a link points; empty for what is no link. */
  readonly target: string;
  /** The bytes of a target that is not UTF-8. */
  readonly rawTarget?: Uint8Array;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** Numeric owner. */
  readonly uid: number;
  /** Numeric group. */
  readonly gid: number;
  /** Name of the owner; empty where there is none. */
  readonly uname: string;
  /** Name of the group; empty where there is none. */
  readonly gname: string;
  /**
   * Bytes of content: for a sparse file with its holes; 0 for what has no
   * content, whatever the tar says of its size.
   */
  readonly size: number;
  /** Time of the last change, in whole seconds since 1970, rounded down. */
  readonly mtime: number;
  /** Nanoseconds by which the change is later than that. */
  readonly mtimeNanoseconds: number;
  /** Number of the driver of a device. */
  readonly major: number;
  /** Number of a device. */
  readonly minor: number;
  /** Extended attributes by their names. */
  readonly xattrs: Readonly<Record<string, Uint8Array>>;
}

/** An entry of a tar that is being read. */
export interface TarEntry extends TarHeader {
  /**
   * Offset of the content from the start of the tar. A sparse file has none: it
   * is not stored as it is.
   */
  readonly offset?: number;
  /**
   * The content. It can be read once, and only until the next entry is asked
   * for; what of it is not read is passed over.
   */
  readonly body: AsyncIterable<Uint8Array>;
}
