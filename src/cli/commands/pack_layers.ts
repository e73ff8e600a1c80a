import type { Layer } from "../../image/container_image.ts";
import { createLayerFromPath } from "../../machine/create_layer_from_path.ts";
import { printable } from "../../spec/printable.ts";
import type { ArrangedEntry } from "../../tar/arranged_entry.ts";
import { LowerLayers } from "../../tar/lower_layers.ts";
import type { CliContext } from "../context.ts";
import { LayerNotices } from "../layer_notices.ts";
import { formatBytes } from "../progress/format_amounts.ts";
import type { Reporter } from "../progress/reporter.ts";
import type { BuildPlan } from "./plan_build.ts";

/** What {@linkcode packLayers} tells others. */
export interface PackOptions {
  /** Shows how far the work is. */
  readonly reporter: Reporter;
  /** Tells what is odd but does not stop the work. */
  readonly warn: (text: string) => void;
}

/**
 * Packs one layer after the other. What a layer holds decides on the parents of
 * those above it.
 *
 * @param layers Each is added to them as soon as it is there.
 * @throws {ScratchbuildError} Where something cannot be packed.
 */
export async function packLayers(
  plan: BuildPlan,
  layers: Layer[],
  { signal }: CliContext,
  { reporter, warn }: PackOptions,
): Promise<void> {
  const lower = new LowerLayers();
  const notices = new LayerNotices(warn);
  for (const [index, { path, label, options }] of plan.layers.entries()) {
    const item = { id: `layer ${index}`, activity: "pack", label } as const;
    reporter.update({ ...item, state: "running", bytes: 0 });
    const layer = await createLayerFromPath(path, {
      ...options,
      lower: (path) => lower.find(path),
      onArranged: (entries) => {
        lower.add(entries);
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
    layers.push(layer);
    const note = `${formatBytes(layer.size)} compressed`;
    reporter.update({
      ...item,
      state: "done",
      bytes: layer.tarSize,
      ...(layer.encoding !== "none" && { note }),
    });
  }
}

/** Whether an entry says that what lies in the layer is an image archive. */
function isPartOfImage({ path }: ArrangedEntry): boolean {
  return path === "oci-layout" || /^[0-9a-f]{64}\/layer\.tar$/.test(path);
}

function imageInImage(path: string): string {
  return `${printable(path)} is an image itself; what a container sees is ` +
    "that archive, and not what is in the image";
}
