import { forwarded } from "../bytes/forwarded.ts";
import { orElse } from "../bytes/or_else.ts";
import type { CompressOptions } from "../compression/compress.ts";
import type { Digest } from "../spec/digest.ts";
import { isNonDistributable } from "../spec/media_types.ts";
import type { CreatedLayer, Layer, LayerEncoding } from "./container_image.ts";

/** Gives layers that are somewhere already; it is asked once for each layer. */
export type ReusableLayers = () =>
  | readonly Layer[]
  | Promise<readonly Layer[]>;

/** How a layer that is made of blocks will be compressed. */
export function encodingOf(
  { compression = "gzip" }: CompressOptions,
): LayerEncoding {
  return compression === "gzip:stream" ? "gzip" : compression;
}

/**
 * The layers that may stand in for one that is compressed as the options say.
 * There are none where the bytes themselves were asked for: by a level, or as
 * one piece.
 */
export async function fittingLayers(
  reuse: ReusableLayers | undefined,
  options: CompressOptions,
): Promise<ReadonlyMap<Digest, Layer>> {
  const { compression = "gzip", level } = options;
  const fitting = new Map<Digest, Layer>();
  if (level !== undefined || compression === "gzip:stream") return fitting;
  const encoding = encodingOf(options);
  for (const layer of await reuse?.() ?? []) {
    const { diffId, descriptor } = layer;
    const isElsewhere = descriptor !== undefined &&
      isNonDistributable(descriptor.mediaType);
    if (layer.encoding !== encoding || isElsewhere) continue;
    if (!fitting.has(diffId)) fitting.set(diffId, layer);
  }
  return fitting;
}

/** What {@linkcode standIn} is told of the layer that need not be made. */
export interface StandInOptions {
  /** Size of its tar, in bytes. */
  readonly tarSize: number;
  /** How it came to be. */
  readonly createdBy: string;
  /** Makes it all the same, where that can still be done. */
  readonly again?: () => Promise<Layer>;
}

/**
 * A layer that was made elsewhere, in the place of one whose tar has the same
 * bytes. It says of itself how this one came to be. Where its bytes turn out to
 * be gone, the layer is made after all: it may come to the same.
 */
export function standIn(
  layer: Layer,
  { tarSize, createdBy, again }: StandInOptions,
): CreatedLayer {
  const { digest, diffId, encoding, descriptor, origin } = layer;
  let made: Promise<Layer> | undefined;
  const other = async () => {
    made ??= again?.();
    const found = await made;
    return found?.digest === digest ? found : undefined;
  };
  return {
    ...forwarded(again ? orElse(layer, other) : layer),
    digest,
    diffId,
    encoding,
    tarSize,
    createdBy,
    ...(descriptor && { descriptor }),
    ...(origin && { origin }),
    [Symbol.asyncDispose]: async () => {
      const found = await made?.catch(() => undefined);
      await found?.[Symbol.asyncDispose]();
    },
  };
}
