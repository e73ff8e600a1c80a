import type { ContainerImage } from "../image/container_image.ts";
import { layerEncoding } from "../image/layer_descriptor.ts";
import {
  type Artifact,
  imagesOf,
  type Publishable,
} from "../image/publishable.ts";
import { DEFAULT_TAG, familiarName } from "../registry/familiar_name.ts";
import type { Reference } from "../registry/reference.ts";
import { canonicalJson } from "../spec/canonical_json.ts";
import { isImageConfig, isNonDistributable } from "../spec/media_types.ts";
import { blobPath } from "./layout_files.ts";

/** Options of {@linkcode createDockerManifest}. */
export interface DockerManifestOptions {
  /** The names that the image gets when it is loaded. */
  readonly references: readonly Reference[];
  /** Whether layers that may not be distributed are in the archive. */
  readonly foreignLayers: boolean;
  /**
   * Is called with why Docker could not load exactly this image, and throws.
   *
   * @default The file names the first image that Docker can load.
   */
  readonly refuse?: (why: string) => never;
}

/** An image, built here or not. */
type AnyImage = ContainerImage | Artifact;

/** Suffix of the media types of layers that only a key opens. */
const ENCRYPTED = "+encrypted";

/**
 * The `manifest.json` for what is published. It names one image: a program that
 * reads this file knows nothing of platforms.
 *
 * @returns `undefined` where there is no image that Docker could load.
 * @throws What `refuse` throws.
 * @see {@link https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format}
 */
export function createDockerManifest(
  image: Publishable,
  options: DockerManifestOptions,
): Uint8Array | undefined {
  const { references, foreignLayers, refuse } = options;
  const images = imagesOf(image).filter(isImage);
  if (refuse) checkOnlyImage(images, foreignLayers, refuse);
  const chosen = images.find((image) => !obstacle(image, foreignLayers));
  if (!chosen) return undefined;
  const { config, layers } = chosen.manifest.value;
  const repoTags = references.map((reference) =>
    `${familiarName(reference)}:${reference.tag ?? DEFAULT_TAG}`
  );
  return canonicalJson([{
    Config: blobPath(config.digest),
    Layers: layers.map(({ digest }) => blobPath(digest)),
    RepoTags: repoTags.length > 0 ? repoTags : null,
  }]);
}

function checkOnlyImage(
  images: readonly AnyImage[],
  foreignLayers: boolean,
  refuse: (why: string) => never,
): void {
  const [image] = images;
  if (!image) {
    return refuse(
      "it is no image, and Docker loads nothing else; use oci-archive:",
    );
  }
  if (images.length > 1) {
    refuse(
      `it has ${images.length} images, and a Docker archive has one; ` +
        "choose one with --platform, or use oci-archive:",
    );
  }
  const why = obstacle(image, foreignLayers);
  if (why !== undefined) refuse(why);
}

/**
 * Whether it is an image, and no chart, signature or attestation. An attestation of BuildKit passes for an image but for its layers. What an
 * index names and nobody here knows has neither layers nor a configuration.
 */
function isImage({ manifest }: AnyImage): boolean {
  const { config, layers }: Partial<typeof manifest.value> = manifest.value;
  return isImageConfig(config?.mediaType ?? "") &&
    (layers ?? []).every(({ mediaType }) =>
      layerEncoding(mediaType.replace(ENCRYPTED, "")) !== undefined
    );
}

/** Why Docker could not load an image. */
function obstacle(
  { manifest }: AnyImage,
  foreignLayers: boolean,
): string | undefined {
  for (const { mediaType, digest } of manifest.value.layers) {
    if (mediaType.endsWith(ENCRYPTED)) {
      return `its layer ${digest} is encrypted, and Docker has no key; ` +
        "use oci-archive:";
    }
    if (isNonDistributable(mediaType) && !foreignLayers) {
      return `its layer ${digest} may not be distributed and is left out; ` +
        "take it in with --foreign-layers, or use oci-archive:";
    }
  }
  return undefined;
}
