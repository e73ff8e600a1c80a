import { baseLower } from "../../image/base_lower.ts";
import type { Lower } from "../../tar/lower.ts";
import { baseLabel } from "../base_label.ts";
import type { PackOptions } from "./pack_images.ts";
import type { PlannedImage } from "./plan_images.ts";

/**
 * What lies in the base of an image. That its layers are read shows while they
 * are.
 *
 * @returns Nothing where it has no base.
 */
export function lowerOfBase(
  { base, label }: PlannedImage,
  { signal, reporter, warn }: PackOptions & { readonly signal: AbortSignal },
): Lower | undefined {
  return base && baseLower(base.layers, {
    signal,
    onProgress: (layer, bytes) =>
      reporter.update({
        id: `read ${layer.digest} ${label ?? ""}`,
        activity: "read",
        label: baseLabel(layer, base.layers, label),
        state: bytes < layer.size ? "running" : "done",
        bytes,
        total: layer.size,
        isMinor: true,
      }),
    onWarning: ({ message }) => warn(message),
  });
}
