import { join } from "node:path";
import type { ImageConfig } from "../../src/spec/image.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { parseLocation } from "../../src/machine/location.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import type { Entry } from "../../src/tar/entry.ts";
import { push } from "../../src/transfer/push.ts";

/** A file of an image. */
export function file(path: string, body: string): Entry {
  return { type: "file", path, body };
}

/**
 * Writes an image to an archive.
 *
 * @param layers What each layer holds, bottom-most first.
 * @returns Its location.
 */
export async function writeArchive(
  root: string,
  name: string,
  layers: readonly (readonly Entry[])[],
  config: ImageConfig = {},
): Promise<string> {
  const location = join(root, name);
  const made = await Promise.all(layers.map((layer) => createLayer(layer)));
  const image = await createImage({ layers: made, config });
  await push(image, openTarget(parseLocation(location)));
  return location;
}
