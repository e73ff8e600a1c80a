import { readdirSync } from "node:fs";
import process from "node:process";
import {
  diffTrees,
  type ItemAspect,
  type TreeDifference,
} from "../../image/diff_trees.ts";
import { entryItems, type EntryItemsOptions } from "../../image/entry_items.ts";
import type { ImageItem } from "../../image/image_item.ts";
import type { ImageTree } from "../../image/image_tree.ts";
import {
  directory,
  type DirectoryOptions,
} from "../../machine/directory/directory.ts";
import { readError } from "../../machine/read_error.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import { layerPath } from "../../tar/layer_path.ts";

/** A directory, and what of an image it is compared with. */
export interface ComparedDirectory {
  /** The directory. */
  readonly path: string;
  /** Path in the image. Symbolic links in it are followed. */
  readonly destination: string;
  /** How the directory is read. */
  readonly reading: DirectoryOptions;
}

/** What of extended attributes is read from a directory. */
const READ_XATTRS = /^(?:security\.capability$|user\.)/;

/**
 * Compares a directory, as a build would pack it, with what lies at a path of
 * an image. What this computer cannot tell is not compared: modes on Windows,
 * extended attributes where it cannot read them.
 *
 * @param options What a build does to the entries, and who is told how far it
 * is.
 * @returns What has to be done to the directory to get the image.
 * @throws {LayerError} Where the directory cannot be read.
 */
export async function compareDirectory(
  { path, destination, reading }: ComparedDirectory,
  tree: ImageTree,
  options: EntryItemsOptions,
): Promise<TreeDifference> {
  const top = tree.resolve(destination);
  if (top && top.type !== "directory") {
    throw new ScratchbuildError(
      `Cannot compare ${printable(path)} with ${printable(destination)}: in ` +
        `the image that is a ${top.type}; name a directory`,
      { code: "IMAGE" },
    );
  }
  const base = top?.path ?? layerPath(destination);
  const { platform } = process;
  const except = new Set<ItemAspect>(platform === "win32" ? ["mode"] : []);
  if (platform !== "linux" || reading.xattrs === "off") except.add("xattrs");
  const entries = directory(path, {
    ...reading,
    onWarning(warning) {
      if (warning.code === "XATTRS") except.add("xattrs");
      reading.onWarning?.(warning);
    },
  });
  const items = await entryItems(isEmpty(path) ? [] : entries, {
    ...options,
    prefix: base,
  });
  const isInside = (item: ImageItem) =>
    base === "" || item.path.startsWith(`${base}/`);
  const inImage = Array.from(tree.walk(base), comparable).filter(isInside);
  return diffTrees(items.filter(isInside), inImage, { except: [...except] });
}

function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch (error) {
    throw readError(path, error);
  }
}

/** An item with no other extended attributes than a directory can have. */
function comparable(item: ImageItem): ImageItem {
  const xattrs = Object.entries(item.xattrs)
    .filter(([name]) => READ_XATTRS.test(name));
  return { ...item, xattrs: Object.fromEntries(xattrs) };
}
