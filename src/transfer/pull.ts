import { forwarded } from "../bytes/forwarded.ts";
import type { ContainerImage, Layer } from "../image/container_image.ts";
import type { ManifestDocument } from "../image/document.ts";
import { layerEncoding } from "../image/layer_descriptor.ts";
import { checkImage } from "../spec/check_image.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { History, Image } from "../spec/image.ts";
import { isImageConfig } from "../spec/media_types.ts";
import {
  parsePlatform,
  type Platform,
  platformText,
} from "../spec/platform.ts";
import { platformDistance } from "../spec/match_platform.ts";
import { printable } from "../spec/printable.ts";
import type { ImageSource } from "../target/image_source.ts";
import { findImage } from "./find_image.ts";
import { readConfig } from "./read_config.ts";

/** Options of {@linkcode pull}. */
export interface PullOptions {
  /**
   * What the image is to run on, also as text, `linux/arm64`: of an index, what
   * fits best is taken; a single image that does not fit is refused.
   *
   * @default the platform of the only image there is, else linux/amd64
   */
  readonly platform?: Platform | string;
  /**
   * What the source names, where it was read already: of an index, images for
   * several platforms belong together.
   *
   * @default {it is read}
   */
  readonly root?: ManifestDocument;
  /**
   * Whether layers whose bytes the place does not have are read from the `urls`
   * of their descriptors.
   *
   * @default {false}
   */
  readonly foreignLayers?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Gets an image from a registry, a layout or an archive: its manifest and its
 * configuration. Its layers stay where they are until somebody reads them.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where there is no image for the
 * platform, or what is there is no image; code `PLATFORM_SYNTAX`; and what the
 * source fails with.
 *
 * @example
 * ```ts no-eval
 * import { createImage, pull, push, Registry } from "@x/scratchbuild";
 *
 * const base = await pull(new Registry("localhost:5000/me/base:1"));
 * const image = await createImage({ base, layers: [], config: { User: "1000" } });
 * await push(image, new Registry("localhost:5000/me/app:1"));
 * ```
 */
export async function pull(
  source: ImageSource,
  options: PullOptions = {},
): Promise<ContainerImage> {
  const { signal } = options;
  const platform = typeof options.platform === "string"
    ? parsePlatform(options.platform)
    : options.platform;
  const { root } = options;
  const { said, ...manifest } = await findImage(source, {
    ...(root && { root }),
    platform,
    signal,
  });
  const { config: descriptor, layers } = manifest.value;
  const refuse = (why: string): ScratchbuildError =>
    new ScratchbuildError(
      `Cannot use ${printable(source.name)}@${manifest.descriptor.digest} as ` +
        `an image: ${why}`,
      { code: "IMAGE" },
    );
  if (!isImageConfig(descriptor.mediaType)) {
    throw refuse(`its configuration is ${descriptor.mediaType}`);
  }
  const bytes = await readConfig(source, manifest, { signal });
  const value = checkImage(
    bytes,
    (why) => refuse(`of its configuration, ${why}`),
  );
  if (platform && !said && platformDistance(platform, value) === undefined) {
    throw refuse(
      `it is for ${printable(platformText(value))} and not for ` +
        `${platformText(platform)}; choose that platform, or another image`,
    );
  }
  const { diff_ids: diffIds } = value.rootfs;
  if (diffIds.length !== layers.length) {
    throw refuse(
      `its manifest has ${layers.length} layers and its configuration ` +
        diffIds.length,
    );
  }
  const creators = creatorsOf(value);
  const { fullReference } = source;
  return {
    manifest,
    config: { descriptor, bytes, value },
    layers: layers.map((layer, position): Layer => {
      const encoding = layerEncoding(layer.mediaType);
      const diffId = diffIds[position];
      if (encoding === undefined || diffId === undefined) {
        throw refuse(`its layer ${position + 1} is ${layer.mediaType}`);
      }
      const { origin } = source;
      return {
        ...forwarded(source.blob(layer, {
          ...(options.foreignLayers && { foreign: true }),
          signal,
        })),
        digest: layer.digest,
        diffId,
        encoding,
        createdBy: creators[position] ?? "",
        descriptor: layer,
        ...(origin && { origin }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    }),
    ...(fullReference !== undefined && { reference: fullReference }),
  };
}

/** What made each layer, as far as the history goes with the layers. */
function creatorsOf({ history = [], rootfs }: Image): string[] {
  const entries: History[] = history.filter((entry) => !entry.empty_layer);
  if (entries.length !== rootfs.diff_ids.length) return [];
  return entries.map(({ created_by }) => created_by ?? "");
}
