import type { Layer } from "../image/container_image.ts";

/**
 * What people know a layer of a base by: `base 1/3`.
 *
 * @param layers All layers of the base.
 * @param platform What the base is for, where there are several platforms.
 */
export function baseLabel(
  { digest }: Layer,
  layers: readonly Layer[],
  platform?: string,
): string {
  const place = layers.findIndex((layer) => layer.digest === digest) + 1;
  const behind = platform === undefined ? "" : ` (${platform})`;
  return `base ${place}/${layers.length}${behind}`;
}
