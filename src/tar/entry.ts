import type { ByteSource } from "../bytes/byte_source.ts";

/** What entries of every type have that lies in a layer. */
export interface EntryAttributes {
  /**
   * Path in the layer, parts separated by `/`. A leading `/` or `./` and a
   * trailing `/` mean nothing; `..` is refused.
   */
  readonly path: string;
  /**
   * Permission bits with setuid, setgid and sticky, 0 to 0o7777.
   *
   * @default {0o755} for directories, 0o644 for files, devices and named pipes,
   * 0o777 for symbolic links
   */
  readonly mode?: number;
  /**
   * Numeric owner.
   *
   * @default the owner that the options of the layer name, else 0
   */
  readonly uid?: number;
  /**
   * Numeric group.
   *
   * @default the group that the options of the layer name, else 0
   */
  readonly gid?: number;
  /**
   * Time of the last change, in whole seconds since 1970-01-01T00:00:00Z.
   *
   * @default the time that the options of the layer name, else 0
   */
  readonly mtime?: number;
  /**
   * Nanoseconds by which the change is later than `mtime`, 0 to 999,999,999.
   *
   * @default {0}
   */
  readonly mtimeNanoseconds?: number;
  /**
   * Extended attributes by their names, `security.capability` or `user.…`.
   * Values are bytes.
   *
   * @default {{}}
   */
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

/**
 * The content of a file: text (as UTF-8), bytes, something that can be opened
 * again like a `Blob`, or a stream or another async iterable of bytes. A stream is
 * read to its end and kept aside as soon as its entry is seen, because a tar says
 * the size of a file first.
 */
export type FileBody =
  | ByteSource
  | Uint8Array
  | string
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** A regular file. */
export interface FileEntry extends EntryAttributes {
  /** Tells the types of entries apart. */
  readonly type: "file";
  /** The content. */
  readonly body: FileBody;
}

/** A directory. Parents that are not given come into being by themselves. */
export interface DirectoryEntry extends EntryAttributes {
  /** Tells the types of entries apart. */
  readonly type: "directory";
}

/** A symbolic link. */
export interface SymlinkEntry extends EntryAttributes {
  /** Tells the types of entries apart. */
  readonly type: "symlink";
  /** Where the link points, stored as it is: it may dangle or be absolute. */
  readonly target: string;
}

/** A further name of a file of the same layer. */
export interface HardlinkEntry extends EntryAttributes {
  /** Tells the types of entries apart. */
  readonly type: "hardlink";
  /**
   * Path of the file in the layer. Mode, owner and time are that file's: those
   * given here are not used, because consumers apply the attributes of a link
   * to the file that it shares.
   */
  readonly target: string;
}

/** A device node. */
export interface DeviceEntry extends EntryAttributes {
  /** Tells the types of entries apart. */
  readonly type: "character-device" | "block-device";
  /** Number of the driver. */
  readonly major: number;
  /** Number of the device. */
  readonly minor: number;
}

/** A named pipe. */
export interface FifoEntry extends EntryAttributes {
  /** Tells the types of entries apart. */
  readonly type: "fifo";
}

/**
 * Takes a path of the layers below away: `whiteout` the path itself with all
 * that is below it, `opaque` everything in the directory at the path, which
 * stays.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts}
 */
export interface WhiteoutEntry extends EntryAttributes {
  /** Tells the types of entries apart. */
  readonly type: "whiteout" | "opaque";
  /**
   * Path of what is taken away, not the name of the file that marks it. All
   * other attributes are those of that file, which nobody sees.
   */
  readonly path: string;
}

/** Something that lies in a layer. */
export type TreeEntry =
  | FileEntry
  | DirectoryEntry
  | SymlinkEntry
  | HardlinkEntry
  | DeviceEntry
  | FifoEntry;

/** What layers are made of: what lies in them, and what they take away. */
export type Entry = TreeEntry | WhiteoutEntry;
