import type { ByteSource } from "../bytes/byte_source.ts";

/** What entries of every type have. */
export interface EntryAttributes {
  /**
   * Path in the layer, parts separated by `/`. A leading `/` or `./` and a
   * trailing `/` mean nothing; `..` is refused.
   */
  readonly path: string;
  /**
   * Permission bits with setuid, setgid and sticky, 0 to 0o7777.
   *
   * @default {0o755} for directories, 0o644 for files, 0o777 for symbolic links
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
}

/** A regular file. */
export interface FileEntry extends EntryAttributes {
  /** Tells the types of entries apart. */
  readonly type: "file";
  /** The content. A `Blob` fits. */
  readonly body: ByteSource;
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

/** Something that lies in a layer. */
export type Entry = FileEntry | DirectoryEntry | SymlinkEntry | HardlinkEntry;
