import type { Descriptor } from "../spec/descriptor.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { platformText } from "../spec/platform.ts";
import type { ImageSource } from "../target/image_source.ts";
import { sideBySide } from "../target/side_by_side.ts";
import type { ImageManifest } from "./find_image.ts";
import { kindOfEntry } from "./find_inspected.ts";
import type { InspectedPlatform } from "./inspect_report.ts";

/** Options of {@linkcode inspectEntries}. */
export interface InspectEntriesOptions {
  /** The manifest that was chosen of them. */
  readonly chosen?: ImageManifest;
  /**
   * Whether the manifests of all images are read, for the sizes of their layers.
   *
   * @default {false}
   */
  readonly platformSizes?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Tells what an index names.
 *
 * @throws The reason of the signal.
 */
export async function inspectEntries(
  entries: readonly Descriptor[],
  source: ImageSource,
  options: InspectEntriesOptions,
): Promise<InspectedPlatform[]> {
  const { chosen, platformSizes } = options;
  return await sideBySide(entries, async (entry, signal) => {
    const { mediaType, digest, size, platform, artifactType } = entry;
    const kind = kindOfEntry(entry);
    const about = entry.annotations?.["vnd.docker.reference.digest"];
    const isChosen = digest === chosen?.descriptor.digest;
    const bytes = isChosen
      ? layersSize(chosen.value.layers)
      : kind === "image" && platformSizes
      ? await layersSizeOf(entry, source, signal)
      : undefined;
    return {
      kind,
      ...(kind !== "attestation" && platform &&
        { platform: platformText(platform) }),
      mediaType,
      digest,
      size,
      ...(bytes !== undefined && { layersSize: bytes }),
      ...(about !== undefined && { about: about as Descriptor["digest"] }),
      ...(artifactType !== undefined && { artifactType }),
      isChosen,
    };
  }, options);
}

/** Nothing where it cannot be told: some indexes name what is not there. */
async function layersSizeOf(
  { digest, mediaType }: Descriptor,
  source: ImageSource,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const found = await source.manifest(digest, { mediaType, signal });
    return found.kind === "manifest"
      ? layersSize(found.value.layers)
      : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ScratchbuildError) return undefined;
    throw error;
  }
}

/** Bytes of layers together, as they are. */
export function layersSize(layers: readonly Descriptor[]): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
}
