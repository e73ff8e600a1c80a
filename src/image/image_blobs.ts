import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import { isNonDistributable } from "../spec/media_types.ts";
import type { ContainerImage } from "./container_image.ts";
import type { BlobOrigin } from "./document.ts";
import type { Artifact } from "./publishable.ts";

/** A blob of an image and where its bytes are. */
export interface ImageBlob {
  /** Media type, digest and size. */
  readonly descriptor: Descriptor;
  /** The bytes. */
  readonly source: ByteSource;
  /** A repository that has it, where it comes from a registry. */
  readonly origin?: BlobOrigin;
}

/**
 * The blobs that a manifest names, each once, in the order in which they are
 * to be written: the layers, bottom-most first, then the configuration.
 */
export function imageBlobs(image: ContainerImage | Artifact): ImageBlob[] {
  if ("blobs" in image) return uniqueBlobs(image.blobs);
  const { layers, config } = image.manifest.value;
  return uniqueBlobs([
    ...layers.flatMap((descriptor, position) => {
      const source = image.layers[position];
      if (!source) return [];
      const { origin } = source;
      return [{ descriptor, source, ...(origin && { origin }) }];
    }),
    { descriptor: config, source: bytesSource(image.config.bytes) },
  ]);
}

/**
 * Each blob once, where the first of its digest stands. What is named both as
 * something that may be distributed and as something that may not, may be.
 */
export function uniqueBlobs(blobs: Iterable<ImageBlob>): ImageBlob[] {
  const unique = new Map<Digest, ImageBlob>();
  for (const blob of blobs) {
    const { digest } = blob.descriptor;
    const known = unique.get(digest);
    if (!known || isNonDistributable(known.descriptor.mediaType)) {
      unique.set(digest, blob);
    }
  }
  return [...unique.values()];
}
