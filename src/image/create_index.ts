import type { Descriptor } from "../spec/descriptor.ts";
import { MANIFEST_LIMIT } from "../spec/check_manifest.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { Index } from "../spec/manifest.ts";
import { type ImageFormat, mediaTypes } from "../spec/media_types.ts";
import { type Platform, platformOf, platformText } from "../spec/platform.ts";
import { checkTexts } from "./check_texts.ts";
import type { ContainerImage } from "./container_image.ts";
import { createDocument } from "./create_document.ts";
import type { Artifact, ContainerIndex } from "./publishable.ts";

/** Options of {@linkcode createIndex}. */
export interface IndexOptions {
  /** The images, one at the least, in order of preference. */
  readonly images: readonly (ContainerImage | Artifact)[];
  /**
   * Family of the media types: `oci`, or `docker` for a manifest list.
   *
   * @default {"oci"}
   */
  readonly format?: ImageFormat;
  /** Annotations of the index. Not with `docker`, which has none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Joins images for several platforms in one index, as canonical JSON: equal
 * input gives an equal digest.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where there is no image, two are for
 * one platform, or an option cannot be right.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md}
 *
 * @example
 * ```ts
 * import { createImage, createIndex, createLayer } from "@x/scratchbuild/core";
 *
 * const layers = [await createLayer([{ type: "file", path: "a", body: "a" }])];
 * const images = await Promise.all(["amd64", "arm64"].map((architecture) =>
 *   createImage({ layers, platform: { os: "linux", architecture } })
 * ));
 * const index = await createIndex({ images });
 * console.log(index.manifest.value.manifests.length); // 2
 * ```
 */
export async function createIndex(
  options: IndexOptions,
): Promise<ContainerIndex> {
  const { images, format = "oci", annotations = {} } = options;
  if (images.length === 0) refuse("it has no image; give it one");
  if (!Object.hasOwn(mediaTypes, format)) {
    refuse(`the format ${JSON.stringify(format)} is neither oci nor docker`);
  }
  checkTexts("annotation", annotations, refuse);
  if (format === "docker" && Object.keys(annotations).length > 0) {
    refuse("a Docker manifest list has no annotations; use the format oci");
  }
  const { manifest: own, index: type } = mediaTypes[format];
  const named = new Map<string, Digest>();
  const manifests = images.map((image): Descriptor => {
    const { descriptor } = image.manifest;
    const { mediaType, digest, size } = descriptor;
    if (format === "docker" && mediaType !== own) {
      refuse(
        `the image ${digest} has another format, which Docker does not take ` +
          "in a manifest list; use the format oci",
      );
    }
    const platform = platformOfImage(image);
    // What is no image, as attestations of BuildKit, may be there repeatedly.
    const text = platform && platform.os !== "unknown"
      ? platformText(platform)
      : undefined;
    if (text !== undefined) {
      const other = named.get(text);
      if (other !== undefined) {
        refuse(
          `two of its images are for ${text}, ${other} and ${digest}; leave ` +
            "one of them out",
        );
      }
      named.set(text, digest);
    }
    return {
      mediaType,
      digest,
      size,
      ...(platform && { platform }),
      ...(format === "oci" && saidOf(image)),
    };
  });
  const manifest = await createDocument<Index>(type, {
    schemaVersion: 2,
    mediaType: type,
    manifests,
    ...(Object.keys(annotations).length > 0 && {
      annotations: { ...annotations },
    }),
  });
  if (manifest.descriptor.size > MANIFEST_LIMIT) {
    refuse(`it would be longer than ${MANIFEST_LIMIT} bytes`);
  }
  return { manifest, images };
}

/** What another index said of an image. */
function saidOf(
  image: ContainerImage | Artifact,
): Pick<Descriptor, "annotations" | "artifactType"> {
  const { annotations, artifactType } = "blobs" in image
    ? image.descriptor ?? {}
    : {};
  return {
    ...(annotations && { annotations }),
    ...(artifactType !== undefined && { artifactType }),
  };
}

/** What an image runs on, where that is known. */
export function platformOfImage(
  image: ContainerImage | Artifact,
): Platform | undefined {
  return "config" in image ? platformOf(image.config.value) : image.platform;
}

function refuse(why: string): never {
  throw new ScratchbuildError(`Cannot create the index: ${why}`, {
    code: "IMAGE",
  });
}
