import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import { DEFAULT_TAG } from "../registry/familiar_name.ts";
import type { Reference } from "../registry/reference.ts";
import { annotationKeys } from "../spec/annotations.ts";
import { canonicalJson } from "../spec/canonical_json.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import type { Index } from "../spec/manifest.ts";
import { mediaTypes } from "../spec/media_types.ts";
import { platformOf } from "../spec/platform.ts";
import type { ContainerImage } from "../image/container_image.ts";

/** Names of the files of an image layout. */
export const layoutPaths = {
  /** Says that this is an image layout. */
  marker: "oci-layout",
  /** Names the images of the layout. */
  index: "index.json",
} as const;

/** Name that containerd and Docker give an image when they load an archive. */
const CONTAINERD_IMAGE_NAME = "io.containerd.image.name";

/** The version of the layout that is written. */
export const LAYOUT_VERSION = "1.0.0";

/** The content of `oci-layout`. */
export function layoutMarker(): ByteSource {
  return bytesSource(canonicalJson({ imageLayoutVersion: LAYOUT_VERSION }));
}

/** Where a blob lies in a layout. */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** The names that an image gets in a layout. */
export interface ImageNames {
  /** Tags, the values of `org.opencontainers.image.ref.name`. */
  readonly tags: readonly string[];
  /** Names by which containerd and Docker know the image after loading it. */
  readonly references?: readonly Reference[];
}

/**
 * The entries of `index.json` for an image: one for each name, or one without
 * a name.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#indexjson-file}
 */
export function indexEntries(
  image: ContainerImage,
  { tags, references = [] }: ImageNames,
): Descriptor[] {
  const entry: Descriptor = {
    ...image.manifest.descriptor,
    platform: platformOf(image.config.value),
  };
  const named = [
    ...tags.map((tag) => ({ [annotationKeys.refName]: tag })),
    ...references.map(({ registry, repository, tag = DEFAULT_TAG }) => ({
      [annotationKeys.refName]: tag,
      [CONTAINERD_IMAGE_NAME]: `${registry}/${repository}:${tag}`,
    })),
  ];
  if (named.length === 0) return [entry];
  return named.map((annotations) => ({ ...entry, annotations }));
}

/**
 * Writes an `index.json`.
 *
 * @param rest What an index that is there says besides.
 */
export function indexJson(
  manifests: readonly Descriptor[],
  rest: Partial<Index> = {},
): ByteSource {
  return bytesSource(canonicalJson({
    ...rest,
    schemaVersion: 2,
    mediaType: mediaTypes.oci.index,
    manifests,
  }));
}
