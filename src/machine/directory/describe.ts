import { lstatSync, type Stats } from "node:fs";
import { printable } from "../../spec/printable.ts";
import type { TreeEntry } from "../../tar/entry.ts";
import { LayerError } from "../../tar/layer_error.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import { attributesOf, precise, timeOf } from "./attributes.ts";
import { deviceNumber } from "./device_number.ts";
import type { DirectoryOptions } from "./directory.ts";
import { fileOf } from "./file_entry.ts";
import { checkEnds, followLink } from "./follow_link.ts";
import { checkLiesAt } from "./held_directory.ts";
import type { Found } from "./found.ts";
import { readTarget } from "./names.ts";
import type { Place } from "./place.ts";

/** Where something lies on disk. */
export interface PathOnDisk {
  /** For people, and for reading it later. */
  readonly onDisk: string;
  /** For asking about it now: through the directory that is held. */
  readonly via: string;
}

/** What is known of a walk while it goes on. */
export interface Walk {
  /** The directory that is walked, links in its own path followed. */
  readonly root: string;
  /** The options of the walk. */
  readonly options: DirectoryOptions;
  /** Path in the layer of the first name of every file that has several. */
  readonly firstNames: Map<string, string>;
}

/**
 * Finds out what lies at a path.
 *
 * @param at The path on disk.
 * @param place The directory in which it lies.
 * @param path Its path in the layer.
 * @returns Nothing where it is a socket.
 * @throws {LayerError}
 */
export function describe(
  at: PathOnDisk,
  path: string,
  place: Place,
  walk: Walk,
): Found | undefined {
  const { onDisk, via } = at;
  try {
    const stats = lstatSync(via);
    if (!stats.isSymbolicLink() || !walk.options.dereference) {
      return describeAs(at, path, stats, walk);
    }
    const end = followLink(onDisk, walk.root);
    const reached = lstatSync(end);
    if (followLink(onDisk, walk.root) !== end || reached.isSymbolicLink()) {
      throw new LayerError(onDisk, "it was changed while it was packed");
    }
    if (reached.isDirectory()) checkEnds(onDisk, place, reached);
    if (reached.isDirectory() || reached.isFile()) checkLiesAt(end, reached);
    return describeAs({ onDisk: end, via: end }, path, reached, walk);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw readError(onDisk, error);
    throw new LayerError(onDisk, "it vanished while it was packed", error);
  }
}

function describeAs(
  { onDisk, via }: PathOnDisk,
  path: string,
  stats: Stats,
  walk: Walk,
): Found | undefined {
  const { options } = walk;
  // Not the whole of the listing, of which there may be many thousands.
  const { dev, ino, size } = stats;
  const identity = { dev, ino, size };
  const found = (entry: TreeEntry) => ({ entry, onDisk, identity });
  if (stats.isFile()) {
    const link = stats.nlink > 1 && hardLinkOf(via, path, walk.firstNames);
    return found(link || fileOf(onDisk, path, stats, identity, options));
  }
  if (stats.isSymbolicLink()) {
    const time = options.mtime === "preserve" ? timeOf(via) : {};
    const target = readTarget(onDisk, via);
    return found({ type: "symlink", path, target, ...time });
  }
  const attributes = attributesOf(via, stats, options);
  if (stats.isDirectory()) {
    return found({ type: "directory", path, ...attributes });
  }
  if (stats.isFIFO()) return found({ type: "fifo", path, ...attributes });
  if (stats.isSocket()) {
    options.onWarning?.({
      code: "SOCKET",
      path: onDisk,
      message: `${
        printable(onDisk)
      } is a socket, which an image cannot hold: left out`,
    });
    return undefined;
  }
  return found({
    type: stats.isBlockDevice() ? "block-device" : "character-device",
    path,
    ...attributes,
    ...deviceNumber(precise(via).rdev),
  });
}

function hardLinkOf(
  via: string,
  path: string,
  firstNames: Map<string, string>,
): TreeEntry | undefined {
  // In full: on Windows the numbers have 64 bits.
  const { dev, ino } = precise(via);
  const key = `${dev}:${ino}`;
  const target = firstNames.get(key);
  if (target !== undefined) return { type: "hardlink", path, target };
  firstNames.set(key, path);
  return undefined;
}
