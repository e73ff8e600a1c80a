import type { Layer } from "../../image/container_image.ts";
import { createLayerFromPath } from "../../machine/create_layer_from_path.ts";
import { printable } from "../../spec/printable.ts";
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
}

/**
 * Packs one layer.
 *
 * @throws {ScratchbuildError} Where something cannot be packed.
 */
export async function packLayer(
  { path, label, options }: PlannedLayer,
  { id, lower, onArranged, signal, reporter, warn, notices }: PackLayerOptions,
): Promise<Layer> {
  const item = { id, activity: "pack", label } as const;
  reporter.update({ ...item, state: "running", bytes: 0 });
  const layer = await createLayerFromPath(path, {
    ...options,
    lower,
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
  }).finally(() => notices.end());
  const note = `${formatBytes(layer.size)} compressed`;
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
