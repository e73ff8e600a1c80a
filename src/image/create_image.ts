import { annotationKeys } from "../spec/annotations.ts";
import { isObject } from "../spec/check_descriptor.ts";
import { MANIFEST_LIMIT } from "../spec/check_manifest.ts";
import { joinVariables } from "../spec/config_rules.ts";
import { MAX_SECONDS, secondsToDateTime } from "../spec/date_time.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { History, Image, ImageConfig } from "../spec/image.ts";
import type { Manifest } from "../spec/manifest.ts";
import { type ImageFormat, mediaTypes } from "../spec/media_types.ts";
import { type Platform, platformOf, platformText } from "../spec/platform.ts";
import { checkImageOptions } from "./check_image_options.ts";
import type { ContainerImage, Layer } from "./container_image.ts";
import { createDocument } from "./create_document.ts";
import type { Document } from "./document.ts";
import { layerDescriptor } from "./layer_descriptor.ts";
import { mergeImageConfig } from "./merge_image_config.ts";

/** Options of {@linkcode createImage}. */
export interface ImageOptions {
  /** The layers, one at the least where there is no base, bottom-most first. */
  readonly layers: readonly Layer[];
  /**
   * The image that this one is built on: its layers lie below, and its
   * configuration is what `config` is laid on, by the rules of
   * `mergeImageConfig`. In the format `oci`, annotations say which it was.
   *
   * @default none
   */
  readonly base?: ContainerImage;
  /**
   * How a container of the image is run. Of several variables of one name the
   * last value counts, in the place of the first. Members that are `null` are
   * left out.
   *
   * @default {{}}
   */
  readonly config?: ImageConfig;
  /**
   * Family of the media types: `oci`, or `docker` for consumers that know no
   * other.
   *
   * @default {"oci"}
   */
  readonly format?: ImageFormat;
  /**
   * What the image runs on.
   *
   * @default that of the base, else linux/amd64
   */
  readonly platform?: Platform;
  /**
   * Date and time of the image and of its layers: RFC 3339 text, which is kept
   * as it is, or seconds since 1970. The default is not the present time, so
   * that equal input gives an equal digest.
   *
   * @default {0}
   */
  readonly created?: string | number;
  /** Name or e-mail address of who made the image. */
  readonly author?: string;
  /** Annotations of the manifest. Not with `docker`, which has none. */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Is told in one line what some consumers will not take: more than 125 layers,
   * which are too many for Docker.
   */
  readonly onWarning?: (message: string) => void;
}

/**
 * The most layers that Docker chains.
 *
 * @see {@link https://github.com/moby/moby/blob/v27.0.0/layer/layer_store.go}
 */
const MOST_LAYERS = 125;

/**
 * Makes an image of layers: writes its configuration and its manifest, both as
 * canonical JSON, so that equal input gives equal digests.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where an option cannot be right, or
 * a document becomes longer than registries take; code `JSON` for a text that
 * is none.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md}
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md}
 *
 * @example
 * ```ts
 * import { createImage, createLayer } from "@x/scratchbuild/core";
 *
 * const layer = await createLayer([
 *   { type: "file", path: "hello.txt", body: new Blob(["hello\n"]) },
 * ]);
 * const image = await createImage({
 *   layers: [layer],
 *   config: { Cmd: ["/hello.txt"] },
 * });
 * console.log(image.manifest.descriptor.digest);
 * ```
 */
export async function createImage(
  options: ImageOptions,
): Promise<ContainerImage> {
  const { base, format = "oci", author = base?.config.value.author } = options;
  const created = dateTimeOf(options.created ?? 0);
  if (!isObject(options.config ?? {})) refuse("its config is not an object");
  // In configurations that other programs wrote, null is absent.
  const own = mergeImageConfig({}, options.config ?? {});
  const platform = imagePlatform(options);
  checkImageOptions({ ...options, platform, config: own }, created, refuse);
  const types = mediaTypes[format];
  const layers = [...base?.layers ?? [], ...options.layers];
  const annotations = {
    ...(base && format === "oci" && annotationsOf(base)),
    ...options.annotations,
  };

  const config = await createDocument<Image>(types.config, {
    created,
    ...(author === undefined ? {} : { author }),
    ...platformOf(platform),
    config: withJoinedVariables(
      mergeImageConfig(base ? configOf(base) : {}, own),
    ),
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: [
      ...(base ? historyOf(base) : []),
      ...options.layers.map(({ createdBy }) => ({
        created,
        created_by: createdBy,
      })),
    ],
  });
  const manifest = await createDocument<Manifest>(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: config.descriptor,
    layers: layers.map((layer) => layerDescriptor(layer, format, refuse)),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  });
  checkSizes(config, manifest);
  if (layers.length > MOST_LAYERS) {
    options.onWarning?.(
      `The image has ${layers.length} layers, and Docker takes no more than ` +
        `${MOST_LAYERS}; join some`,
    );
  }
  return { manifest, config, layers };
}

function withJoinedVariables(config: ImageConfig): ImageConfig {
  return config.Env ? { ...config, Env: joinVariables(config.Env) } : config;
}

/** How a base runs, where what is joined with it is what it should be. */
function configOf({ config: { value } }: ContainerImage): ImageConfig {
  const { config = {} } = value;
  const bad = (name: string): never =>
    refuse(
      `the ${name} of its base is not what it should be; build that image ` +
        "again, or use another one",
    );
  for (const name of ["Env", "Entrypoint", "Cmd"] as const) {
    const list: unknown = config[name] ?? [];
    const areTexts = Array.isArray(list) &&
      list.every((item) => typeof item === "string");
    if (!areTexts) bad(name);
  }
  for (const name of ["ExposedPorts", "Labels", "Volumes"] as const) {
    if (!isObject(config[name] ?? {})) bad(name);
  }
  return config;
}

/** What the image runs on: what is asked for, completed by the base. */
function imagePlatform({ platform, base }: ImageOptions): Platform {
  if (!base) return platform ?? { os: "linux", architecture: "amd64" };
  const below = platformOf(base.config.value);
  if (!platform) return below;
  const { os, architecture } = platform;
  if (os !== below.os || architecture !== below.architecture) {
    refuse(
      `its base is for ${platformText(below)}, and it is to be for ` +
        platformText(platform),
    );
  }
  return { ...below, ...platform };
}

/** Says what an image is built on. */
function annotationsOf(
  { manifest, reference }: ContainerImage,
): Record<string, string> {
  return {
    [annotationKeys.baseDigest]: manifest.descriptor.digest,
    ...(reference !== undefined && { [annotationKeys.baseName]: reference }),
  };
}

/**
 * The history of a base. One that does not go with the layers is left out:
 * Docker takes no image whose history has other layers than it has.
 */
function historyOf({ config: { value }, layers }: ContainerImage): History[] {
  const { history = [], created } = value;
  const count = history.filter(({ empty_layer }) => !empty_layer).length;
  if (count === layers.length) return history;
  return layers.map(({ createdBy }) => ({
    ...(created !== undefined && { created }),
    created_by: createdBy,
  }));
}

/** What is not read by registries, or by those who pull from them. */
function checkSizes(...documents: Document<unknown>[]): void {
  for (const { descriptor: { mediaType, size } } of documents) {
    if (size <= MANIFEST_LIMIT) continue;
    refuse(
      `the document ${mediaType} would be ${size} bytes long, and ` +
        `${MANIFEST_LIMIT} are the most that registries and clients take; ` +
        "shorten its texts",
    );
  }
}

function dateTimeOf(created: string | number): string {
  if (typeof created === "string") return created;
  if (Number.isInteger(created) && created >= 0 && created <= MAX_SECONDS) {
    return secondsToDateTime(created);
  }
  return refuse(
    `the time ${created} is not a whole number of seconds since 1970, ` +
      `from 0 to ${MAX_SECONDS}`,
  );
}

function refuse(why: string): never {
  throw new ScratchbuildError(`Cannot create the image: ${why}`, {
    code: "IMAGE",
  });
}
