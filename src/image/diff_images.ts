import type { ContainerImage, Layer } from "./container_image.ts";
import { type ConfigChange, diffConfigs } from "./diff_configs.ts";
import { diffTrees, type TreeDifference } from "./diff_trees.ts";
import type { ImageTree } from "./image_tree.ts";
import type { LayerRecord } from "./layer_record.ts";
import { layerRecords } from "./layer_records.ts";
import { type ReadTreeOptions, recordsOptions } from "./read_image_tree.ts";
import { TreeBuilder } from "./tree_builder.ts";

/** Options of {@linkcode diffImages}. */
export type DiffImagesOptions = Omit<ReadTreeOptions, "hash">;

/** How two images differ. */
export interface ImageDifference extends TreeDifference {
  /** What is other about how they are run, and what they run on. */
  readonly config: readonly ConfigChange[];
}

/**
 * Compares two images: what their containers see, and how they are run. Layers
 * that both have are read once; images of equal layers are not read at all.
 *
 * @throws What `readImageTree` throws.
 *
 * @example
 * ```ts
 * import { createImage, createLayer, diffImages } from "@x/scratchbuild/core";
 *
 * const layers = [await createLayer([{ type: "file", path: "a", body: "a" }])];
 * const before = await createImage({ layers });
 * const after = await createImage({ layers, config: { User: "1000" } });
 * const { added, removed, changed, config } = await diffImages(before, after);
 * console.log(added.length + removed.length + changed.length, config); // 0 …
 * ```
 */
export async function diffImages(
  before: ContainerImage,
  after: ContainerImage,
  options: DiffImagesOptions = {},
): Promise<ImageDifference> {
  const config = diffConfigs(before.config.value, after.config.value);
  if (haveSameLayers(before, after)) {
    return { added: [], removed: [], changed: [], config };
  }
  const read = readerOf([before, after], options);
  const one = await read(before);
  const other = await read(after);
  return { ...diffTrees(one.walk(), other.walk()), config };
}

function haveSameLayers(one: ContainerImage, other: ContainerImage): boolean {
  return one.layers.length === other.layers.length &&
    one.layers.every(({ diffId }, at) => diffId === other.layers[at]?.diffId);
}

/** Reads images, of which one may have layers of another. */
function readerOf(
  images: readonly ContainerImage[],
  options: DiffImagesOptions,
): (image: ContainerImage) => Promise<ImageTree> {
  const optionsOf = recordsOptions({ ...options, hash: true });
  const isShared = ({ diffId }: Layer) =>
    images.every(({ layers }) => layers.some((one) => one.diffId === diffId));
  const known = new Map<string, LayerRecord[]>();
  return async ({ layers }) => {
    const builder = new TreeBuilder();
    for (const layer of layers) {
      const reading = optionsOf(layer);
      const records = known.get(layer.diffId) ??
        await layerRecords(layer, reading);
      if (isShared(layer)) known.set(layer.diffId, records);
      builder.add(layer, records, reading.onWeight);
    }
    return builder.tree();
  };
}
