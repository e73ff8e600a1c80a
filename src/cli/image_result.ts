import type { ContainerImage } from "../image/container_image.ts";
import {
  type ContainerIndex,
  contentsOf,
  isIndex,
} from "../image/publishable.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import type { DryRun } from "./dry_run.ts";
import { platformOf, platformText } from "../spec/platform.ts";

/** An image, or an index of images, that a command built. */
export interface BuiltIndex extends ContainerIndex {
  /** The images, in the order of the index. */
  readonly images: readonly ContainerImage[];
}

/** What a command built. */
export type BuiltImage = ContainerImage | BuiltIndex;

/** One image in the JSON document of `--json`. */
interface ImageDocuments {
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
}

/** Where an image is, in the JSON document of `--json`. */
interface ImagePlace {
  /** Where it is, without tag and digest. */
  readonly name: string;
  /** The tags by which the place knows the image. */
  readonly tags: readonly string[];
  /** What would be written there, where nothing was. */
  readonly dryRun?: DryRun;
}

/** An image in the JSON document of `--json`. */
export type ImageResult = ImagePlace & ImageDocuments;

/** An index of images for several platforms, in the same document. */
export interface IndexResult extends ImagePlace {
  /** Digest of the index. */
  readonly digest: Digest;
  /** Media type of the index. */
  readonly mediaType: string;
  /** Bytes of all that belongs to it, each blob once. */
  readonly size: number;
  /** The images, in the order of the index. */
  readonly manifests: readonly (ImageDocuments & {
    /** What it runs on: `linux/arm/v7`. */
    readonly platform: string;
  })[];
}

/** The JSON document of `--json`. */
export interface ResultDocument {
  /** Changes when a program that reads the document would have to. */
  readonly version: 1;
  /** One for each destination, in their order. */
  readonly images: readonly (ImageResult | IndexResult)[];
}

/** What there is to say about an image in one place. */
export function imageResult(
  image: BuiltImage,
  name: string,
  tags: readonly string[],
): ImageResult | IndexResult {
  if (!isBuiltIndex(image)) return { name, ...documentsOf(image), tags };
  const { digest, mediaType } = image.manifest.descriptor;
  return {
    name,
    digest,
    mediaType,
    size: imageSize(image),
    manifests: image.images.map((image) => ({
      platform: platformText(platformOf(image.config.value)),
      ...documentsOf(image),
    })),
    tags,
  };
}

/** Whether several images were built. */
export function isBuiltIndex(image: BuiltImage): image is BuiltIndex {
  return isIndex(image);
}

function documentsOf(image: ContainerImage): ImageDocuments {
  const { descriptor } = image.manifest;
  return {
    digest: descriptor.digest,
    mediaType: descriptor.mediaType,
    size: imageSize(image),
    configDigest: image.config.descriptor.digest,
    layers: image.layers.map(({ digest, diffId, size }) => ({
      digest,
      diffId,
      size,
    })),
  };
}

/** Bytes of all that belongs to an image or an index, each blob once. */
export function imageSize(image: BuiltImage): number {
  const { blobs, documents } = contentsOf(image);
  return [...blobs, ...documents]
    .reduce((sum, { descriptor }) => sum + descriptor.size, 0);
}

/** The JSON document of `--metadata-file`. */
export interface Metadata {
  /** Digest of the manifest or the index. */
  readonly "containerimage.digest": Digest;
  /** Digest of the configuration, of a single image. */
  readonly "containerimage.config.digest"?: Digest;
  /** The manifest, with the platform of the image, or the index. */
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
  image: BuiltImage,
  results: readonly ImagePlace[],
): Metadata {
  const { descriptor } = image.manifest;
  return {
    "containerimage.digest": descriptor.digest,
    ...(!isBuiltIndex(image) && {
      "containerimage.config.digest": image.config.descriptor.digest,
    }),
    "containerimage.descriptor": {
      ...descriptor,
      ...(!isBuiltIndex(image) && {
        platform: platformOf(image.config.value),
      }),
    },
    "image.name": results.flatMap(({ name, tags }) =>
      tags.length > 0 ? tags.map((tag) => `${name}:${tag}`) : [name]
    ).join(","),
  };
}
