import type { ContainerImage } from "../image/container_image.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import { platformOf } from "../spec/platform.ts";

/** An image in the JSON document of `--json`. */
export interface ImageResult {
  /** Where it is, without tag and digest. */
  readonly name: string;
  /** Digest of the manifest. */
  readonly digest: Digest;
  /** Media type of the manifest. */
  readonly mediaType: string;
  /** Bytes of the manifest, the configuration and the layers together. */
  readonly size: number;
  /** Digest of the configuration, which is the image ID. */
  readonly configDigest: Digest;
  /** The layers, bottom-most first. */
  readonly layers: readonly {
    /** Digest of the compressed bytes. */
    readonly digest: Digest;
    /** Digest of the tar. */
    readonly diffId: Digest;
    /** Compressed size in bytes. */
    readonly size: number;
  }[];
  /** The tags by which the place knows the image. */
  readonly tags: readonly string[];
}

/** The JSON document of `--json`. */
export interface ResultDocument {
  /** Changes when a program that reads the document would have to. */
  readonly version: 1;
  /** One for each destination, in their order. */
  readonly images: readonly ImageResult[];
}

/** What there is to say about an image in one place. */
export function imageResult(
  image: ContainerImage,
  name: string,
  tags: readonly string[],
): ImageResult {
  const { descriptor } = image.manifest;
  return {
    name,
    digest: descriptor.digest,
    mediaType: descriptor.mediaType,
    size: imageSize(image),
    configDigest: image.config.descriptor.digest,
    layers: image.layers.map(({ digest, diffId, size }) => ({
      digest,
      diffId,
      size,
    })),
    tags,
  };
}

/** Bytes of all that belongs to an image. */
export function imageSize(
  { manifest, config, layers }: ContainerImage,
): number {
  return [manifest.descriptor, config.descriptor, ...layers]
    .reduce((sum, { size }) => sum + size, 0);
}

/** The JSON document of `--metadata-file`. */
export interface Metadata {
  /** Digest of the manifest. */
  readonly "containerimage.digest": Digest;
  /** Digest of the configuration. */
  readonly "containerimage.config.digest": Digest;
  /** The manifest, with the platform of the image. */
  readonly "containerimage.descriptor": Descriptor;
  /** Names of the image with their tags, joined by commas. */
  readonly "image.name": string;
}

/**
 * The result with the names that `docker buildx build --metadata-file` uses.
 *
 * @see {@link https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file}
 */
export function metadata(
  image: ContainerImage,
  results: readonly ImageResult[],
): Metadata {
  const { descriptor } = image.manifest;
  return {
    "containerimage.digest": descriptor.digest,
    "containerimage.config.digest": image.config.descriptor.digest,
    "containerimage.descriptor": {
      ...descriptor,
      platform: platformOf(image.config.value),
    },
    "image.name": results.flatMap(({ name, tags }) =>
      tags.length > 0 ? tags.map((tag) => `${name}:${tag}`) : [name]
    ).join(","),
  };
}
