import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { ContainerImage } from "./container_image.ts";

/** A blob of an image and where its bytes are. */
export interface ImageBlob {
  /** Media type, digest and size. */
  readonly descriptor: Descriptor;
  /** The bytes. */
  readonly source: ByteSource;
}

/**
 * The blobs that a manifest names, each once, in the order in which they are
 * to be written: the layers, bottom-most first, then the configuration.
 */
export function imageBlobs(image: ContainerImage): ImageBlob[] {
  const { layers, config } = image.manifest.value;
  const blobs = new Map<string, ImageBlob>();
  layers.forEach((descriptor, position) => {
    const source = image.layers[position];
    if (source && !blobs.has(descriptor.digest)) {
      blobs.set(descriptor.digest, { descriptor, source });
    }
  });
  blobs.set(config.digest, {
    descriptor: config,
    source: bytesSource(image.config.bytes),
  });
  return [...blobs.values()];
}
