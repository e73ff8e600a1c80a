import type { Digest } from "../spec/digest.ts";
import type { TreeEntry } from "../tar/entry.ts";

/** What a container sees at a path. Hard links have become what they lead to. */
export interface ImageItem {
  /** The path, in the form that layers have; the root is the empty text. */
  readonly path: string;
  /** What it is. */
  readonly type: Exclude<TreeEntry["type"], "hardlink">;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** Numeric owner. */
  readonly uid: number;
  /** Numeric group. */
  readonly gid: number;
  /** Bytes of content, 0 for what has none. */
  readonly size: number;
  /** Time of the last change, in whole seconds since 1970, rounded down. */
  readonly mtime: number;
  /** Extended attributes by their names. */
  readonly xattrs: Readonly<Record<string, Uint8Array>>;
  /** Where a symbolic link points. */
  readonly target?: string;
  /** Number of the driver of a device. */
  readonly major?: number;
  /** Number of a device. */
  readonly minor?: number;
  /** SHA-256 of the content of a file, where it was asked for. */
  readonly digest?: Digest;
  /**
   * Position of the layer that put it there, 0 for the bottom-most. What comes
   * from no layer has none.
   */
  readonly layer?: number;
}
