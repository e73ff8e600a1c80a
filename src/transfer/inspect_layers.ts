import { layerEncoding } from "../image/layer_descriptor.ts";
import { isNonDistributable } from "../spec/media_types.ts";
import type { ImageSource } from "../target/image_source.ts";
import type { WriteOptions } from "../target/image_target.ts";
import { observed } from "../target/observed.ts";
import { inspectLayer, type ReadLayer } from "./inspect_layer.ts";
import type {
  InspectedImage,
  InspectedLayer,
  InspectReport,
} from "./inspect_report.ts";

/** Options of {@linkcode inspectLayers}. */
export interface InspectLayersOptions
  extends Pick<WriteOptions, "signal" | "onProgress"> {
  /**
   * How many of the biggest files of each layer are told of.
   *
   * @default {5}
   */
  readonly top?: number;
}

/** Whether a layer can be read: a tar, which is where the others are. */
export function isReadable({ mediaType }: InspectedLayer): boolean {
  return layerEncoding(mediaType) !== undefined &&
    !isNonDistributable(mediaType);
}

/**
 * Reads the layers of the image of a report, one after the other, as streams:
 * nothing is stored. Foreign layers and what is no tar stay unread.
 *
 * @returns The report, with what was found.
 * @throws {TarError} Where a layer is no tar.
 * @throws {ScratchbuildError} Code `COMPRESSION` where one cannot be
 * decompressed; what the source fails with.
 */
export async function inspectLayers(
  source: ImageSource,
  report: InspectReport,
  options: InspectLayersOptions = {},
): Promise<InspectReport> {
  const { image } = report;
  if (!image) return report;
  const known = new Map<string, ReadLayer>();
  const layers: InspectedLayer[] = [];
  for (const layer of image.layers) {
    const read = known.get(layer.digest) ??
      (isReadable(layer) ? await readLayer(source, layer, options) : undefined);
    if (read) known.set(layer.digest, read);
    layers.push({ ...layer, ...read });
  }
  return { ...report, image: { ...image, layers, ...unpackedSize(layers) } };
}

function readLayer(
  source: ImageSource,
  { mediaType, digest, size }: InspectedLayer,
  { top = 5, signal, onProgress }: InspectLayersOptions,
): Promise<ReadLayer> {
  const descriptor = { mediaType, digest, size };
  const blob = source.blob(descriptor, { signal });
  return inspectLayer(
    observed(blob, descriptor, { ...(onProgress && { onProgress }) }),
    top,
  );
}

function unpackedSize(
  layers: readonly InspectedLayer[],
): Pick<InspectedImage, "unpackedSize"> {
  let sum = 0;
  for (const { unpackedSize } of layers) {
    if (unpackedSize === undefined) return {};
    sum += unpackedSize;
  }
  return { unpackedSize: sum };
}
