import { escapeBytes } from "../bytes/escape_bytes.ts";
import { createSha256 } from "../bytes/sha256.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { TreeEntry } from "../tar/entry.ts";
import { layerPath } from "../tar/layer_path.ts";
import type { TarEntry, TarHeader } from "../tar/read/tar_entry.ts";
import { keptXattrs } from "./entry_weight.ts";

/** What is remembered of an entry of a layer. */
export interface LayerRecord
  extends
    Pick<TarHeader, "mode" | "uid" | "gid" | "size" | "mtime" | "xattrs"> {
  /** The path, in the form that layers have. */
  readonly path: string;
  /** What it is. */
  readonly type: TreeEntry["type"];
  /** Where a link points, as it is written. */
  readonly target?: string;
  /** Number of the driver of a device. */
  readonly major?: number;
  /** Number of a device. */
  readonly minor?: number;
  /** SHA-256 of the content, where it was asked for. */
  readonly digest?: Digest;
  /** Which entry of the tar it is, from 0. */
  readonly index: number;
}

/** What a part of a path takes besides its text, in bytes. */
export const RECORD_WEIGHT = 300;

/**
 * What is remembered of an entry.
 *
 * @param index Which entry of the tar it is.
 * @param hash Whether the content of a file is hashed.
 * @returns Nothing for what lies in no tree.
 * @throws {ScratchbuildError} Code `LAYER` for a path that is none.
 */
export async function recordOf(
  entry: TarEntry,
  index: number,
  hash: boolean,
): Promise<LayerRecord | undefined> {
  const { type, mode, uid, gid, size, mtime, body } = entry;
  const path = placeOf(
    entry.rawPath ? escapeBytes(entry.rawPath) : entry.path,
  );
  if (type === "other") return undefined;
  const xattrs = keptXattrs(entry.xattrs);
  const record = { path, type, mode, uid, gid, size, mtime, xattrs, index };
  switch (type) {
    case "file":
      return hash ? { ...record, digest: await hashOf(body) } : record;
    case "symlink":
    case "hardlink": {
      const { rawTarget } = entry;
      const target = rawTarget ? escapeBytes(rawTarget) : entry.target;
      return { ...record, target };
    }
    case "character-device":
    case "block-device":
      return { ...record, major: entry.major, minor: entry.minor };
    default:
      return record;
  }
}

/** The path of an entry: `..` takes back the name before it, and no more. */
function placeOf(path: string): string {
  if (!/(?:^|\/)\.\.(?:\/|$)/.test(path)) return layerPath(path);
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) {
      throw new ScratchbuildError(
        `Cannot read the layer: the path ${path} leads out of the image`,
        { code: "LAYER" },
      );
    }
  }
  return layerPath(names.join("/"));
}

async function hashOf(body: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hasher = createSha256();
  for await (const chunk of body) hasher.update(chunk);
  return hasher.digest();
}
