import {
  type Artifact,
  contentsOf,
  imagesOf,
  isIndex,
  type Publishable,
} from "../image/publishable.ts";
import type { Digest } from "../spec/digest.ts";
import { isImageConfig } from "../spec/media_types.ts";
import { platformText } from "../spec/platform.ts";
import { printable } from "../spec/printable.ts";
import type { BlobName } from "./progress/blob_item.ts";

/**
 * What people know all blobs and documents by of something that was read. Of a
 * blob that several images have, the name in the first one counts.
 *
 * @param referrers What refers to it.
 */
export function publishableNames(
  image: Publishable,
  referrers: readonly Publishable[] = [],
): Map<Digest, BlobName> {
  const names = new Map<Digest, BlobName>();
  const add = (digest: Digest, name: BlobName) => {
    if (!names.has(digest)) names.set(digest, name);
  };
  const take = (image: Publishable, word: string, behind: string) => {
    const { manifest } = image;
    const { digest } = manifest.descriptor;
    if (names.has(digest)) return;
    const kind = isIndex(image) ? "index" : "manifest";
    const whole = { label: word + behind, bytes: publishableSize(image) };
    add(digest, { label: kind + behind, isMinor: true, whole });
    if (isIndex(image)) {
      for (const child of image.images) take(child, "image", behindOf(child));
    } else {
      const { layers, config } = image.manifest.value;
      const isImage = isImageConfig(config.mediaType);
      layers.forEach((layer, position) => {
        const word = isImage ? "layer" : "blob";
        const place = `${position + 1}/${layers.length}`;
        add(layer.digest, { label: `${word} ${place}${behind}` });
      });
      add(config.digest, { label: `config${behind}`, isMinor: true });
    }
  };
  take(image, isIndex(image) ? "images" : "image", "");
  referrers.forEach((referrer, position) => {
    take(referrer, "referrer", ` (referrer ${position + 1})`);
  });
  return names;
}

/** Bytes of all that belongs to something, each blob once. */
export function publishableSize(image: Publishable): number {
  const { blobs, documents } = contentsOf(image);
  return [...blobs, ...documents]
    .reduce((sum, { descriptor }) => sum + descriptor.size, 0);
}

/** The platforms of an index, or of an image. */
export function publishablePlatforms(image: Publishable): string[] {
  const texts = imagesOf(image).flatMap((image) => {
    const { platform } = image as Artifact;
    return platform && platform.os !== "unknown" ? platformText(platform) : [];
  });
  return [...new Set(texts)];
}

/** What tells the images of an index apart. */
function behindOf(image: Publishable): string {
  const { platform } = image as Artifact;
  if (!platform) return "";
  return platform.os === "unknown"
    ? " (attestation)"
    : ` (${printable(platformText(platform))})`;
}
