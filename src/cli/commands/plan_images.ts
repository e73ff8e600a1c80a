import type { ContainerImage } from "../../image/container_image.ts";
import { createImage, type ImageOptions } from "../../image/create_image.ts";
import { createIndex } from "../../image/create_index.ts";
import {
  type Platform,
  platformOf,
  platformText,
} from "../../spec/platform.ts";
import type { ImageFlags } from "../flags/image_flags.ts";
import { checkDrives, type ImageSettings } from "../image_options.ts";
import { unnamedPlatform } from "../image_platforms.ts";
import type { PlannedLayer } from "./plan_layers.ts";

/** An image that is to be made. */
export interface PlannedImage {
  /** Its platform, where there are several. */
  readonly label?: string;
  /** What it is built on. */
  readonly base?: ContainerImage;
  /** The layers on top, bottom-most first. */
  readonly layers: readonly PlannedLayer[];
  /** What it is besides its layers. */
  readonly options: Omit<ImageOptions, "layers">;
}

/** What {@linkcode planImages} makes images of. */
export interface ImagesRequest {
  /** The flags of the command. */
  readonly flags: ImageFlags;
  /** What every image is. */
  readonly settings: ImageSettings;
  /** What the images are for; none where that was left open. */
  readonly platforms: readonly Platform[];
  /** The layers of each image. */
  readonly layers: readonly (readonly PlannedLayer[])[];
  /** The base of each image; none where there is no base. */
  readonly bases: readonly ContainerImage[];
}

/**
 * Says what image is made for each platform.
 *
 * @throws {ScratchbuildError} Where it is certain by now that one of them cannot
 * be made.
 */
export async function planImages(
  { flags, settings, platforms, layers, bases }: ImagesRequest,
): Promise<PlannedImage[]> {
  const images: PlannedImage[] = [];
  const previews: ContainerImage[] = [];
  for (const [index, own] of layers.entries()) {
    const base = bases[index];
    const named = platforms[index];
    const platform = named ??
      unnamedPlatform(flags, base && platformOf(base.config.value));
    checkDrives(flags, (platform ?? base?.config.value)?.os ?? "linux");
    const options = {
      ...settings,
      ...(base && { base }),
      ...(platform && { platform }),
    };
    // What of the base does not go with the flags, before the packing.
    if (base && base.layers.length > 0) {
      const preview = { ...options, layers: [], onWarning: () => {} };
      previews.push(await createImage(preview));
    }
    images.push({
      ...(platforms.length > 1 && named && { label: platformText(named) }),
      ...(base && { base }),
      layers: own,
      options,
    });
  }
  if (previews.length > 1) await createIndex({ images: previews });
  return images;
}
