import type { Layer } from "../../image/container_image.ts";
import type { LayerCache } from "../../image/layer_cache.ts";
import type { ReusableLayers } from "../../image/reusable_layers.ts";
import { createLayerFromPath } from "../../machine/create_layer_from_path.ts";
import { printable } from "../../spec/printable.ts";
import type { LayersAhead } from "../../target/layers_ahead.ts";
import type { ArrangedEntry } from "../../tar/arranged_entry.ts";
import type { Lower } from "../../tar/lower.ts";
import type { LayerNotices } from "../layer_notices.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import type { Reporter } from "../progress/reporter.ts";
import type { PlannedLayer } from "./plan_layers.ts";

/** What is around {@linkcode packLayer}. */
export interface PackLayerOptions {
  /** Tells the layer from all others. */
  readonly id: string;
  /** What lies in the layers below. */
  readonly lower: Lower;
  /** Is told what the layer holds. */
  readonly onArranged: (entries: readonly ArrangedEntry[]) => void;
  /** Ends the work. */
  readonly signal: AbortSignal;
  /** Shows how far the work is. */
  readonly reporter: Reporter;
  /** Tells what is odd but does not stop the work. */
  readonly warn: (text: string) => void;
  /** Tells what is odd about entries. */
  readonly notices: LayerNotices;
  /** Layers that need not be made again. */
  readonly reuse?: ReusableLayers;
  /** Layers and blocks that were made before. */
  readonly cache?: LayerCache;
  /** Takes layers before the image is complete. */
  readonly ahead?: LayersAhead;
}

/**
 * Packs one layer.
 *
 * @throws {ScratchbuildError} Where something cannot be packed.
 */
export async function packLayer(
  { path, label, options }: PlannedLayer,
  surroundings: PackLayerOptions,
): Promise<Layer> {
  const { id, lower, onArranged, signal, reporter, warn } = surroundings;
  const { notices, reuse, cache, ahead } = surroundings;
  const item = { id, activity: "pack", label } as const;
  reporter.update({ ...item, state: "running", bytes: 0 });
  const sent = ahead?.begin();
  const layer = await createLayerFromPath(path, {
    ...options,
    lower,
    ...(sent && { onKept: sent.grow }),
    ...(reuse && { reuse }),
    ...(cache && { cache }),
    onArranged: (entries) => {
      onArranged(entries);
      if (entries.some(isPartOfImage)) warn(imageInImage(path));
      // What a broken pipe leaves is a tar by what GNU tar and Go say.
      if (entries.length === 0) {
        warn(`${printable(path)} holds nothing, and so does its layer`);
      }
    },
    onWarning: (warning) => notices.take(path, warning),
    signal,
    onProgress: (bytes, total) =>
      reporter.update({
        ...item,
        state: "running",
        bytes,
        ...(total !== undefined && { total }),
      }),
  }).catch((error) => {
    sent?.drop();
    throw error;
  }).finally(() => notices.end());
  // What was not made here has a descriptor.
  if (layer.descriptor) sent?.drop();
  else sent?.finish(layer);
  const amount = formatBytes(layer.size);
  const note = layer.descriptor ? `${amount} reused` : `${amount} compressed`;
  reporter.update({
    ...item,
    state: "done",
    bytes: layer.tarSize,
    ...(layer.encoding !== "none" && { note }),
  });
  return layer;
}

/** Whether an entry says that what lies in the layer is an image archive. */
function isPartOfImage({ path }: ArrangedEntry): boolean {
  return path === "oci-layout" || /^[0-9a-f]{64}\/layer\.tar$/.test(path);
}

function imageInImage(path: string): string {
  return `${printable(path)} is an image itself; what a container sees is ` +
    "that archive, and not what is in the image";
}
