import { lstatSync, type Stats, statSync } from "node:fs";
import { LayerError } from "../../tar/layer_error.ts";
import { readError } from "../read_error.ts";
import { errorCode } from "../system_error.ts";
import { onWindows } from "./attributes.ts";
import type { Found } from "./found.ts";
import { type Identity, isSame } from "./identity.ts";

/** A directory that is walked. */
export interface Place {
  /** Where it lies on disk. */
  readonly onDisk: string;
  /** Its path in the layer, empty for the root. */
  readonly inLayer: string;
  /** Which directory it was when it was found. */
  readonly identity: Identity;
  /** The directory in which it was found; the root has none. */
  readonly parent: Place | undefined;
  /**
   * Its own entry where it is left out but for what is kept below it, as long
   * as nothing of that was found.
   */
  withheld?: Found | undefined;
}

/**
 * A path below another one. `join` would shorten `link/..` to the directory of
 * the link, which is not where the link leads.
 */
export function under(path: string, below: string): string {
  const isOpen = path.endsWith("/") || (onWindows && path.endsWith("\\"));
  return isOpen ? path + below : `${path}/${below}`;
}

/** The path in the layer of something in a directory. */
export function inLayerOf(place: Place, name: string): string {
  return place.inLayer === "" ? name : `${place.inLayer}/${name}`;
}

/**
 * Makes sure that a directory is still the one that was found. As a directory
 * has one name only, nothing above it was replaced either.
 *
 * @throws {LayerError}
 */
export function checkUnchanged({ onDisk, identity, parent }: Place): void {
  let stats: Stats;
  try {
    // The root may be a symbolic link, as long as it leads to the same place.
    stats = parent === undefined ? statSync(onDisk) : lstatSync(onDisk);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw readError(onDisk, error);
    throw new LayerError(onDisk, "it vanished while it was packed", error);
  }
  if (isSame(stats, identity)) return;
  const by = stats.isSymbolicLink() ? " by a symbolic link" : "";
  throw new LayerError(onDisk, `it was replaced${by} while it was packed`);
}
