import type { ManifestDocument } from "../image/document.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Index } from "../spec/manifest.ts";
import { matchPlatform } from "../spec/match_platform.ts";
import { isManifestType } from "../spec/check_manifest.ts";
import { isIndexType } from "../spec/media_types.ts";
import type { Platform } from "../spec/platform.ts";
import type { ImageSource } from "../target/image_source.ts";
import {
  findImage,
  type FindImageOptions,
  type ImageManifest,
} from "./find_image.ts";
import type { InspectedPlatform } from "./inspect_report.ts";

/** What is looked at. */
export interface Inspected {
  /** What the source names. */
  readonly root: ManifestDocument;
  /** The manifest that it is, or that was chosen of it; none of an empty index. */
  readonly manifest?: ImageManifest;
}

/**
 * Finds what there is to say something of: what the source names, and where
 * that is an index, the manifest for the platform. Where none is asked for, it
 * is linux/amd64, else the first: this runs nothing.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where there is none for the platform
 * that was asked for; the message lists those that there are. What the source
 * fails with.
 */
export async function findInspected(
  source: ImageSource,
  { platform, signal }: FindImageOptions = {},
): Promise<Inspected> {
  const root = await source.manifest(undefined, { signal });
  if (root.kind === "manifest") return { root, manifest: root };
  const usual = platform ?? usualPlatform(root.value);
  if (usual === undefined && !root.value.manifests.some(canBeImage)) {
    return { root };
  }
  const manifest = await findImage(source, {
    root,
    ...(usual && { platform: usual }),
    signal,
  });
  return { root, manifest };
}

/** What an entry of an index is, as far as the index tells. */
export function kindOfEntry(
  { mediaType, platform, annotations = {}, artifactType }: Descriptor,
): InspectedPlatform["kind"] {
  if (isIndexType(mediaType)) return "index";
  if (!isManifestType(mediaType)) return "other";
  // https://github.com/moby/buildkit/blob/v0.20.0/docs/attestations/attestation-storage.md
  const type = annotations["vnd.docker.reference.type"];
  if (type !== undefined || platform?.os === "unknown") return "attestation";
  return artifactType === undefined ? "image" : "other";
}

function canBeImage(descriptor: Descriptor): boolean {
  const kind = kindOfEntry(descriptor);
  return kind === "image" || kind === "index";
}

function usualPlatform(index: Index): Platform | undefined {
  const usual = { os: "linux", architecture: "amd64" };
  if (matchPlatform(index, usual)) return usual;
  return index.manifests.find((descriptor) =>
    canBeImage(descriptor) && descriptor.platform
  )?.platform;
}
