/** The Docker image manifest, version 2, schema 2. */
export const MediaTypeManifest =
  "application/vnd.docker.distribution.manifest.v2+json" as const;
/** The Docker image configuration. */
export const MediaTypeImageConfig =
  "application/vnd.docker.container.image.v1+json" as const;
/** The Docker plugin configuration. */
export const MediaTypePluginConfig =
  "application/vnd.docker.plugin.v1+json" as const;
/** A Docker layer, a gzip-compressed tar. */
export const MediaTypeLayer =
  "application/vnd.docker.image.rootfs.diff.tar.gzip" as const;
/** A Docker layer that is to be fetched from the `urls` of its descriptor. */
export const MediaTypeForeignLayer =
  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" as const;
/** A Docker layer that is not compressed. */
export const MediaTypeUncompressedLayer =
  "application/vnd.docker.image.rootfs.diff.tar" as const;

/**
 * The two families of media types. A manifest and everything that it names
 * belong to one family: registries refuse a mixture.
 */
export type ImageFormat = "oci" | "docker";

/** The media types of one family. */
export interface MediaTypeFamily {
  /** An image manifest. */
  readonly manifest: string;
  /** An image index, which Docker calls a manifest list. */
  readonly index: string;
  /** An image configuration. */
  readonly config: string;
  /** A layer that is not compressed. */
  readonly layer: string;
  /** A layer compressed with gzip. */
  readonly layerGzip: string;
  /** A layer compressed with zstd. Docker has no type for it. */
  readonly layerZstd?: string;
}

/**
 * The media types of the two families, by {@linkcode ImageFormat}.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md}
 * @see {@link https://distribution.github.io/distribution/spec/manifest-v2-2/}
 */
export const mediaTypes: Readonly<Record<ImageFormat, MediaTypeFamily>> = {
  oci: {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    index: "application/vnd.oci.image.index.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar",
    layerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
    layerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  },
  docker: {
    manifest: MediaTypeManifest,
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    config: MediaTypeImageConfig,
    layer: MediaTypeUncompressedLayer,
    layerGzip: MediaTypeLayer,
  },
};

/** Whether a media type is that of the configuration of an image. */
export function isImageConfig(mediaType: string): boolean {
  return mediaType === mediaTypes.oci.config ||
    mediaType === mediaTypes.docker.config;
}

/** Whether a media type is that of an index of images. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.oci.index ||
    mediaType === mediaTypes.docker.index;
}

/**
 * Whether a media type is that of a layer whose licence forbids to distribute
 * it: registries are not sent it.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#non-distributable-layers}
 */
export function isNonDistributable(mediaType: string): boolean {
  return mediaType === MediaTypeForeignLayer ||
    mediaType.startsWith(
      "application/vnd.oci.image.layer.nondistributable.v1.",
    );
}
