import { fileURLToPath } from "node:url";
import { runOk } from "./run.ts";

/** All that a directory or a layer says of a path. */
export interface WholeNode {
  readonly type:
    | "file"
    | "directory"
    | "symlink"
    | "fifo"
    | "character-device"
    | "block-device"
    | "socket";
  /** Permissions in octal, `4755`. */
  readonly mode: string;
  /** `UID:GID`. */
  readonly owner: string;
  /** Seconds since 1970 with nine decimals. */
  readonly mtime: string;
  /** SHA-256 of a file's content, in hex. */
  readonly content?: string;
  /** Where a symlink points. */
  readonly target?: string;
  /** `MAJOR:MINOR`. */
  readonly device?: string;
  /** Values of `security.capability` and `user.*`, in hex. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** All names of a file that has several, sorted. */
  readonly names?: readonly string[];
}

/** What lies in a directory or a layer, by its path. */
export type WholeTree = Record<string, WholeNode>;

const script = fileURLToPath(new URL("trees.py", import.meta.url));

/** Describes what lies in a directory, by Python's `os`. */
export async function treeOfDirectory(path: string): Promise<WholeTree> {
  return JSON.parse(await runOk("python3", [script, "directory", path]));
}

/** Describes what lies in a tar, compressed or not, by Python's `tarfile`. */
export async function treeOfTar(path: string): Promise<WholeTree> {
  return JSON.parse(await runOk("python3", [script, "tar", path]));
}
