import type { ContainerImage, Layer } from "../image/container_image.ts";
import type { Digest } from "../spec/digest.ts";
import { baseLabel } from "./base_label.ts";
import { type BuiltImage, imageSize, isBuiltIndex } from "./image_result.ts";
import type { BlobName } from "./progress/blob_item.ts";

/** An image that was built, and what people know it by. */
export interface NamedImage {
  /** The image. */
  readonly image: ContainerImage;
  /** Its platform, where there are several. */
  readonly label?: string;
  /** What it is built on. */
  readonly base?: ContainerImage;
  /** Names of the layers on top, bottom-most first. */
  readonly layers: readonly string[];
}

/**
 * What people know all blobs and documents by. Of a blob that several images
 * have, the name in the first one counts.
 *
 * @param built The image, or the index of the images.
 */
export function blobNames(
  built: BuiltImage,
  images: readonly NamedImage[],
): Map<Digest, BlobName> {
  const names = new Map<Digest, BlobName>();
  const add = (digest: Digest, name: BlobName) => {
    if (!names.has(digest)) names.set(digest, name);
  };
  if (isBuiltIndex(built)) {
    add(built.manifest.descriptor.digest, {
      label: "index",
      isMinor: true,
      whole: { label: "images", bytes: imageSize(built) },
    });
  }
  for (const { image, label, base, layers } of images) {
    const behind = label === undefined ? "" : ` (${label})`;
    add(image.manifest.descriptor.digest, {
      label: `manifest${behind}`,
      isMinor: true,
      whole: { label: `image${behind}`, bytes: imageSize(image) },
    });
    const below: readonly Layer[] = base?.layers ?? [];
    for (const layer of below) {
      const isEverywhere = images.every(({ base }) =>
        base?.layers.some(({ digest }) => digest === layer.digest)
      );
      const platform = isEverywhere ? undefined : label;
      add(layer.digest, { label: baseLabel(layer, below, platform) });
    }
    image.layers.slice(below.length).forEach(({ digest }, index) => {
      const name = layers[index];
      if (name !== undefined) add(digest, { label: name });
    });
    add(image.config.descriptor.digest, {
      label: `config${behind}`,
      isMinor: true,
    });
  }
  return names;
}
