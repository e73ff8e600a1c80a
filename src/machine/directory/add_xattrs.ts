import { lstatSync } from "node:fs";
import { LayerError } from "../../tar/layer_error.ts";
import { readError } from "../read_error.ts";
import type { Found } from "./found.ts";
import { isSame } from "./identity.ts";
import type { XattrReader } from "./xattr_reader.ts";

/**
 * Completes files and directories by their extended attributes.
 *
 * @throws {LayerError}
 */
export async function addXattrs(
  all: Found[],
  reader: XattrReader,
): Promise<Found[]> {
  const paths: string[] = [];
  for (const { entry: { type }, onDisk } of all) {
    if (type === "file" || type === "directory") paths.push(onDisk);
  }
  const byPath = await reader.read(paths);
  return all.map((found) => {
    const { entry, onDisk } = found;
    const xattrs = byPath.get(onDisk);
    if (xattrs === undefined || entry.type === "hardlink") return found;
    checkSame(found);
    return { ...found, entry: { ...entry, xattrs } };
  });
}

/** What was asked for by its path may have been something else by then. */
function checkSame({ onDisk, identity }: Found): void {
  try {
    if (isSame(lstatSync(onDisk), identity)) return;
  } catch (error) {
    throw readError(onDisk, error);
  }
  throw new LayerError(onDisk, "it was replaced while it was packed");
}
