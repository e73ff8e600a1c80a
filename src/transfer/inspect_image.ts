import { checkImage } from "../spec/check_image.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { isImageConfig } from "../spec/media_types.ts";
import { platformDistance } from "../spec/match_platform.ts";
import { type Platform, platformText } from "../spec/platform.ts";
import { printable } from "../spec/printable.ts";
import type { ImageSource } from "../target/image_source.ts";
import type { ImageManifest } from "./find_image.ts";
import { findInspected, type Inspected } from "./find_inspected.ts";
import { imageReport } from "./image_report.ts";
import { inspectEntries, layersSize } from "./inspect_entries.ts";
import { inspectLayers, type InspectLayersOptions } from "./inspect_layers.ts";
import type {
  InspectedArtifact,
  InspectedLayer,
  InspectReport,
} from "./inspect_report.ts";
import { readConfig } from "./read_config.ts";

/** Options of {@linkcode inspectImage}. */
export interface InspectOptions extends InspectLayersOptions {
  /**
   * The platform whose image is shown, of an index; a single image that does
   * not fit is refused.
   *
   * @default linux/amd64, else the first
   */
  readonly platform?: Platform;
  /**
   * Whether the layers are read, for their unpacked sizes and the biggest files.
   * They are read as streams, and nothing is stored.
   *
   * @default {false}
   */
  readonly layers?: boolean;
  /**
   * Whether the manifests of all platforms are read, for the sizes of their
   * layers. Some registries count each as a pull.
   *
   * @default {false}
   */
  readonly platformSizes?: boolean;
  /**
   * Whether what refers to it is listed: signatures, attestations …
   *
   * @default {false}
   */
  readonly referrers?: boolean;
}

/**
 * Finds out what is in a registry, a layout or an archive: an image, an index
 * of images, or another artifact.
 *
 * @returns Plain JSON.
 * @throws {ScratchbuildError} Code `IMAGE` where there is no image for the
 * platform, or its configuration is none; code `USAGE` where referrers are asked
 * of a place that lists none; and what the source fails with.
 *
 * @example
 * ```ts no-eval
 * import { inspectImage, Registry } from "@x/scratchbuild";
 *
 * const report = await inspectImage(new Registry("localhost:5000/me/app:1"));
 * console.log(report.digest, report.image?.labels);
 * ```
 */
export async function inspectImage(
  source: ImageSource,
  options: InspectOptions = {},
): Promise<InspectReport> {
  const found = await findInspected(source, options);
  const { root, manifest } = found;
  const { name, fullReference: reference } = source;
  const { digest, mediaType } = root.descriptor;
  const { annotations } = root.value;
  const report: InspectReport = {
    name,
    ...(reference !== undefined && { reference }),
    digest,
    mediaType,
    platforms: root.kind === "index"
      ? await inspectEntries(root.value.manifests, source, {
        ...options,
        ...(manifest && { chosen: manifest }),
      })
      : [],
    ...(root.kind === "index" && annotations &&
      { indexAnnotations: annotations }),
    ...(manifest && await contentOf(manifest, source, {
      ...options,
      // What an index says counts for more: many configurations lack the variant.
      ...(root.kind === "index" && { platform: undefined }),
    })),
    ...(options.referrers &&
      { referrers: await referrersOf(source, found, options) }),
  };
  return options.layers ? await inspectLayers(source, report, options) : report;
}

async function contentOf(
  manifest: ImageManifest,
  source: ImageSource,
  { platform, signal }: Pick<InspectOptions, "signal"> & {
    readonly platform?: Platform | undefined;
  },
): Promise<Pick<InspectReport, "image" | "artifact">> {
  if (!isImage(manifest)) return { artifact: artifactOf(manifest) };
  const bytes = await readConfig(source, manifest, { signal });
  const refuse = (why: string): ScratchbuildError =>
    new ScratchbuildError(
      `Cannot read the configuration of ${printable(source.name)}@` +
        `${manifest.descriptor.digest}: ${why}`,
      { code: "IMAGE" },
    );
  const image = imageReport(manifest, bytes, refuse);
  const own = checkImage(bytes, refuse);
  if (platform && platformDistance(platform, own) === undefined) {
    throw new ScratchbuildError(
      `Cannot show ${printable(source.name)}: it is for ` +
        `${printable(platformText(own))} and not for ${platformText(platform)}`,
      { code: "IMAGE" },
    );
  }
  return { image };
}

/** Some artifacts, such as attestations, borrow the configuration of images. */
function isImage({ value: { config, artifactType } }: ImageManifest): boolean {
  return isImageConfig(config.mediaType) && artifactType === undefined;
}

function artifactOf(
  { descriptor, value }: ImageManifest,
): InspectedArtifact {
  const { config, layers, subject, annotations } = value;
  return {
    digest: descriptor.digest,
    mediaType: descriptor.mediaType,
    artifactType: value.artifactType ?? config.mediaType,
    config,
    ...(subject && { subject }),
    ...(annotations && { annotations }),
    layers: layers.map((layer): InspectedLayer => {
      const { digest, mediaType, size, urls, annotations } = layer;
      return {
        digest,
        mediaType,
        size,
        ...(annotations && { annotations }),
        ...(urls && { urls }),
      };
    }),
    layersSize: layersSize(layers),
  };
}

async function referrersOf(
  source: ImageSource,
  { root }: Inspected,
  { signal }: InspectOptions,
): Promise<Descriptor[]> {
  const { digest } = root.descriptor;
  if (!source.referrers) {
    throw new ScratchbuildError(
      `Cannot list what refers to ${printable(source.name)}: such a place ` +
        "does not keep it",
      { code: "USAGE" },
    );
  }
  const found: Descriptor[] = [];
  for await (const entry of source.referrers(digest, { signal })) {
    found.push(entry);
  }
  return found;
}
