import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import { pathBelow } from "../tar/layer_path.ts";
import type { MergedTree } from "../tar/merged_tree.ts";
import type { Layer } from "./container_image.ts";
import type { ImageTree, OpenFileOptions } from "./image_tree.ts";
import { followLinks } from "./follow_links.ts";
import type { ImageItem } from "./image_item.ts";
import { recordContent } from "./layer_records.ts";

/** What names of one file share, and where its content is. */
export interface Inode extends Omit<ImageItem, "path" | "layer"> {
  /** Position of the layer that holds the content. */
  readonly source: number;
  /** Which entry of that layer holds it. */
  readonly index: number;
}

/** What a layer put at a path. */
export interface Placed {
  /** The path. */
  readonly path: string;
  /** What it is. */
  readonly type: ImageItem["type"];
  /** Where a symbolic link points. */
  readonly target?: string;
  /** Position of the layer. */
  readonly layer: number;
  /** Everything else. A hard link has that of its file. */
  readonly inode: Inode;
}

/** The tree of an image, over what its layers put where. */
export class LayeredTree implements ImageTree {
  readonly #tree: MergedTree<Placed>;
  readonly #layers: readonly Layer[];

  /**
   * @param tree What the layers put where.
   * @param layers The layers, bottom-most first.
   */
  constructor(tree: MergedTree<Placed>, layers: readonly Layer[]) {
    this.#tree = tree;
    this.#layers = layers;
  }

  /** See {@linkcode ImageTree.find}. */
  find(path: string): ImageItem | undefined {
    const placed = this.#tree.find(path);
    if (placed) return itemOf(placed);
    return path === "" || this.#tree.has(path) ? implied(path) : undefined;
  }

  /** See {@linkcode ImageTree.list}. */
  list(path: string): ImageItem[] {
    return this.#tree.names(path).flatMap((name) =>
      this.find(pathBelow(path, name)) ?? []
    );
  }

  /** See {@linkcode ImageTree.walk}. */
  *walk(path = ""): Generator<ImageItem, void, undefined> {
    // Trees may be deeper than the stack of an engine.
    const ahead = [path];
    for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
      const item = this.find(at);
      if (item) yield item;
      for (const name of this.#tree.names(at).reverse()) {
        ahead.push(pathBelow(at, name));
      }
    }
  }

  /** See {@linkcode ImageTree.resolve}. */
  resolve(path: string): ImageItem | undefined {
    const found = followLinks(
      path,
      (path) => this.#tree.find(path)?.inode.target,
    );
    return found === undefined ? undefined : this.find(found);
  }

  /** See {@linkcode ImageTree.open}. */
  open(
    path: string,
    options: OpenFileOptions = {},
  ): AsyncIterable<Uint8Array> {
    const item = this.resolve(path);
    const inode = item && this.#tree.find(item.path)?.inode;
    const layer = inode && this.#layers[inode.source];
    if (inode?.type === "file" && layer) {
      return recordContent(layer, inode, options);
    }
    throw new ScratchbuildError(
      `Cannot read ${printable(path)}: in the image there is ` +
        (item ? `a ${item.type} and no file` : "nothing"),
      { code: "IMAGE" },
    );
  }
}

function itemOf({ path, layer, inode }: Placed): ImageItem {
  const { source: _, index: __, ...rest } = inode;
  return { path, ...rest, layer };
}

/** A directory that no entry gives, as programs make it that unpack layers. */
function implied(path: string): ImageItem {
  const attributes = { mode: 0o755, uid: 0, gid: 0, mtime: 0, xattrs: {} };
  return { path, type: "directory", size: 0, ...attributes };
}
