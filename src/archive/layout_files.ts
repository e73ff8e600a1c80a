import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import { platformOfImage } from "../image/create_index.ts";
import { isIndex, type Publishable } from "../image/publishable.ts";
import { DEFAULT_TAG } from "../registry/familiar_name.ts";
import type { Reference } from "../registry/reference.ts";
import { annotationKeys } from "../spec/annotations.ts";
import { canonicalJson } from "../spec/canonical_json.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import type { Index, Manifest } from "../spec/manifest.ts";
import { mediaTypes } from "../spec/media_types.ts";

/** Names of the files of an image layout. */
export const layoutPaths = {
  /** Says that this is an image layout. */
  marker: "oci-layout",
  /** Names the images of the layout. */
  index: "index.json",
} as const;

/** Name that containerd and Docker give an image when they load an archive. */
export const CONTAINERD_IMAGE_NAME = "io.containerd.image.name";

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
 * The entries of `index.json` for what is published: one for each name, or one
 * without a name. They say what it runs on where it is one image, and what it
 * is where it is an artifact or refers to something.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#indexjson-file}
 */
export function indexEntries(
  image: Publishable,
  { tags, references = [] }: ImageNames,
): Descriptor[] {
  const { mediaType, digest, size } = image.manifest.descriptor;
  const platform = isIndex(image) ? undefined : platformOfImage(image);
  const artifactType = artifactTypeOf(image.manifest.value);
  const entry: Descriptor = {
    mediaType,
    digest,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...(platform && { platform }),
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
 * What a list of referrers says of a manifest; nothing of a plain image.
 *
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers}
 */
function artifactTypeOf(
  { artifactType, subject, config }: Partial<Manifest>,
): string | undefined {
  return artifactType ?? (subject && config?.mediaType);
}

/**
 * Writes an `index.json`.
 *
 * @param rest What an index that is there says besides.
 */
export function indexJson(
  manifests: readonly Descriptor[],
  rest: Partial<Index> = {},
): Uint8Array {
  return canonicalJson({
    ...rest,
    schemaVersion: 2,
    mediaType: mediaTypes.oci.index,
    manifests,
  });
}
