import type { ManifestDocument } from "../image/document.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { isKnownType } from "../spec/check_manifest.ts";
import type { Index } from "../spec/manifest.ts";
import { matchPlatform } from "../spec/match_platform.ts";
import { isIndexType } from "../spec/media_types.ts";
import { type Platform, platformText } from "../spec/platform.ts";
import { printable } from "../spec/printable.ts";
import type { ImageSource } from "../target/image_source.ts";

/** A manifest of one image. */
export type ImageManifest = Extract<
  ManifestDocument,
  { readonly kind: "manifest" }
>;

/** The image that {@linkcode findImage} found. */
export type FoundImage = ImageManifest & {
  /**
   * What it runs on, where an index says so. That counts for more than its
   * configuration: many of these lack the variant.
   */
  readonly said?: Platform;
};

/** Options of {@linkcode findImage}. */
export interface FindImageOptions {
  /**
   * A tag or a digest.
   *
   * @default what the location of the source names
   */
  readonly name?: string;
  /**
   * What is looked into, in the place of `name`, where it was read already.
   *
   * @default {what the source has by the name}
   */
  readonly root?: ManifestDocument;
  /**
   * What the image is to run on.
   *
   * @default the platform of the only image there is, else linux/amd64
   */
  readonly platform?: Platform;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** Indexes that lie in indexes are followed as deep as this. */
export const MAX_DEPTH = 8;

/** Most platforms that a message lists. */
const MOST_SHOWN = 50;

/**
 * Finds the image for one platform: what the source names, or what fits best of
 * the index that it names. What an index names without a platform is looked at
 * where nothing else fits: the indexes in it, then the images.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where there is none; the message
 * lists the platforms that there are. What the source fails with.
 */
export async function findImage(
  source: ImageSource,
  options: FindImageOptions = {},
): Promise<FoundImage> {
  const { name, platform, signal } = options;
  const offered = new Set<string>();
  const looked = new Set<string>();
  const root = options.root ?? await source.manifest(name, { signal });
  const found = root.kind === "manifest" ? root : await lookIn(root.value, 0);
  if (found) return found;
  const shown = [...offered].slice(0, MOST_SHOWN).map(printable).join(", ");
  const list = shown + (offered.size > MOST_SHOWN ? ", …" : "");
  throw refusal(
    source,
    `there is none for ${platformText(platform ?? usual)}; ` +
      (list === "" ? "it holds no image" : `there are ${list}`) +
      (platform === undefined ? "; choose one with --platform" : ""),
  );

  async function lookIn(
    index: Index,
    depth: number,
  ): Promise<FoundImage | undefined> {
    if (depth === MAX_DEPTH) {
      throw refusal(source, `its indexes lie more than ${MAX_DEPTH} deep`);
    }
    const images = index.manifests.filter(isImage);
    for (const { platform } of images) {
      if (platform) offered.add(platformText(platform));
    }
    for (const candidate of candidates(images, platform)) {
      const { digest, mediaType, size, platform: said } = candidate;
      if (looked.has(digest)) continue;
      looked.add(digest);
      const next = await source.manifest(digest, { mediaType, signal });
      const { descriptor } = next;
      if (descriptor.size !== size) {
        throw refusal(
          source,
          `its index says that ${digest} is ${size} bytes long, and it has ` +
            descriptor.size,
        );
      }
      const found = next.kind === "manifest"
        ? { ...next, ...(said && { said }) }
        : await lookIn(next.value, depth + 1);
      if (found) return found;
    }
    return undefined;
  }
}

const usual: Platform = { os: "linux", architecture: "amd64" };

/** What of an index is worth a look, the best first. */
function candidates(
  images: readonly Descriptor[],
  platform: Platform | undefined,
): readonly Descriptor[] {
  if (platform === undefined && images.length === 1) return images;
  const match = matchPlatform({ manifests: [...images] }, platform ?? usual);
  if (match) return [match];
  const unnamed = images.filter(({ platform }) => platform === undefined);
  return [
    ...unnamed.filter(({ mediaType }) => isIndexType(mediaType)),
    ...unnamed.filter(({ mediaType }) => !isIndexType(mediaType)),
  ].filter(({ mediaType }) => isKnownType(mediaType));
}

/** Attestations of BuildKit stand in an index as if they were images. */
function isImage({ platform }: Descriptor): boolean {
  return platform?.os !== "unknown";
}

function refusal(source: ImageSource, why: string): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot find the image in ${printable(source.name)}: ${why}`,
    { code: "IMAGE" },
  );
}
