import type { ContainerImage } from "../../image/container_image.ts";
import type { ImageTree } from "../../image/image_tree.ts";
import { readImageTree } from "../../image/read_image_tree.ts";
import { type OpenImageSurroundings, showReading } from "./open_image.ts";

/** Options of {@linkcode readTree}. */
export interface ReadTreeOptions {
  /** Whether the content of files is hashed. */
  readonly hash?: boolean;
}

/**
 * Reads the files of an image, and shows how far that is.
 *
 * @throws {ScratchbuildError} Where a layer cannot be read.
 */
export async function readTree(
  image: ContainerImage | undefined,
  { context: { signal }, reporter }: OpenImageSurroundings,
  { hash = false }: ReadTreeOptions = {},
): Promise<ImageTree> {
  const layers = image?.layers ?? [];
  const onProgress = showReading(image ? [image] : [], reporter);
  return await readImageTree({ layers }, { hash, signal, onProgress });
}
