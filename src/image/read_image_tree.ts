import { ScratchbuildError } from "../spec/error.ts";
import type { ContainerImage, Layer } from "./container_image.ts";
import type { ImageTree } from "./image_tree.ts";
import { layerRecords, type LayerRecordsOptions } from "./layer_records.ts";
import { TreeBuilder } from "./tree_builder.ts";

/** Options of {@linkcode readImageTree}. */
export interface ReadTreeOptions {
  /**
   * Whether the content of every file is hashed on the way.
   *
   * @default {false}
   */
  readonly hash?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Is told how many bytes of a layer have been read, compressed as they are. */
  readonly onProgress?: (layer: Layer, bytes: number) => void;
}

/** Most bytes of memory for what is where in an image, more or less. */
const MOST_WEIGHT = 2 ** 30;

/**
 * Reads what a container of an image sees: its layers, one on top of the other,
 * with whiteouts applied. They are read to their ends, as streams, and checked;
 * nothing of them is kept but what is where.
 *
 * @throws {ScratchbuildError} Code `IMAGE`, `TAR` or `COMPRESSION` where a
 * layer is none, or is not there because it may not be distributed; code
 * `ABORTED` when the signal ended the work; and what the sources of the layers
 * fail with.
 * @throws {DigestMismatchError} Where a layer is not the one that the
 * configuration names.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets}
 *
 * @example
 * ```ts
 * import { createImage, createLayer, readImageTree } from "@x/scratchbuild/core";
 *
 * const layers = [await createLayer([{ type: "file", path: "etc/a", body: "a" }])];
 * const tree = await readImageTree(await createImage({ layers }));
 * console.log(tree.list("etc").map(({ path }) => path)); // ["etc/a"]
 * ```
 */
export async function readImageTree(
  { layers }: Pick<ContainerImage, "layers">,
  options: ReadTreeOptions = {},
): Promise<ImageTree> {
  const builder = new TreeBuilder();
  const optionsOf = recordsOptions(options);
  for (const layer of layers) {
    const reading = optionsOf(layer);
    builder.add(layer, await layerRecords(layer, reading), reading.onWeight);
  }
  return builder.tree();
}

/** How layers are read whose records together are to fit in memory. */
export function recordsOptions(
  { hash, signal, onProgress }: ReadTreeOptions,
): (layer: Layer) => LayerRecordsOptions {
  let left = MOST_WEIGHT;
  return (layer) => ({
    ...(hash !== undefined && { hash }),
    ...(signal && { signal }),
    ...(onProgress && { onBytes: (bytes) => onProgress(layer, bytes) }),
    onWeight(bytes) {
      left -= bytes;
      if (left >= 0) return;
      throw new ScratchbuildError(
        `Cannot read the layer ${layer.digest}: it has more files, or longer ` +
          "names and attributes, than fit in memory",
        { code: "IMAGE" },
      );
    },
  });
}
