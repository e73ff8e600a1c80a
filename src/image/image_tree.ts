import type { ImageItem } from "./image_item.ts";

/** Options of {@linkcode ImageTree.open}. */
export interface OpenFileOptions {
  /** Stops the reading. */
  readonly signal?: AbortSignal;
}

/**
 * The files that a container of an image sees: all layers, one on top of the
 * other. Of contents it knows where they are, no more.
 */
export interface ImageTree {
  /**
   * What is at a path, which names no link on its way: see `resolve`.
   *
   * @param path In the form that layers have: `usr/bin`.
   */
  find(path: string): ImageItem | undefined;

  /**
   * What is in a directory, ordered by the bytes of the names.
   *
   * @param path In the form that layers have.
   */
  list(path: string): ImageItem[];

  /**
   * Everything at a path and below it, each directory followed by what it
   * holds, ordered by the bytes of the names.
   *
   * @param path In the form that layers have.
   * @default the root
   */
  walk(path?: string): Iterable<ImageItem>;

  /**
   * Follows the symbolic links in a path, within the image.
   *
   * @param path Any path in the image: `/usr/../etc/passwd`.
   * @returns Nothing where it leads to nothing, or in a circle.
   */
  resolve(path: string): ImageItem | undefined;

  /**
   * The content of a file, which is read from its layer anew. Symbolic links
   * are followed.
   *
   * @param path Any path in the image.
   * @throws {ScratchbuildError} Code `IMAGE` where there is no file, at once,
   * or the layer is not what it was, while it is read; what the source of the
   * layer fails with.
   */
  open(path: string, options?: OpenFileOptions): AsyncIterable<Uint8Array>;
}
