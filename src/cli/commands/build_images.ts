import type { ContainerImage, Layer } from "../../image/container_image.ts";
import { createImage } from "../../image/create_image.ts";
import { createIndex } from "../../image/create_index.ts";
import type { Digest } from "../../spec/digest.ts";
import { blobNames } from "../blob_names.ts";
import type { CliContext } from "../context.ts";
import type { BuiltImage } from "../image_result.ts";
import type { BlobName } from "../progress/blob_item.ts";
import { packImages, type PackOptions } from "./pack_images.ts";
import type { BuildPlan } from "./plan_build.ts";

/** What was built. */
export interface Built {
  /** The image, or the index of images where there are several platforms. */
  readonly image: BuiltImage;
  /** What people know its blobs and documents by. */
  readonly names: ReadonlyMap<Digest, BlobName>;
}

/**
 * Packs all layers and makes images of them, and with several platforms an
 * index.
 *
 * @param layers Each layer is added to them as soon as it is there.
 * @throws {ScratchbuildError} Where something cannot be packed.
 */
export async function buildImages(
  { images: planned }: BuildPlan,
  layers: Layer[],
  context: CliContext,
  options: PackOptions,
): Promise<Built> {
  const packed = await packImages(planned, layers, context, options);
  const images: ContainerImage[] = [];
  for (const [index, { options }] of planned.entries()) {
    const own = packed[index] ?? [];
    images.push(await createImage({ ...options, layers: own }));
  }
  const image = await joined(images, planned[0]?.options);
  const named = images.map((image, index) => {
    const { label, base, layers = [] } = planned[index] ?? {};
    return {
      image,
      ...(label !== undefined && { label }),
      ...(base && { base }),
      layers: layers.map(({ label }) => label),
    };
  });
  return { image, names: blobNames(image, named) };
}

/** Annotations are what registries show of an index: it has them as well. */
async function joined(
  images: readonly ContainerImage[],
  { format, annotations }: BuildPlan["images"][number]["options"] = {},
): Promise<BuiltImage> {
  const [only] = images;
  if (only && images.length === 1) return only;
  const index = await createIndex({
    images,
    ...(format && { format }),
    ...(annotations && { annotations }),
  });
  return { ...index, images };
}
