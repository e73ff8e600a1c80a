import { digestOf } from "../bytes/sha256.ts";
import { canonicalJson } from "../spec/canonical_json.ts";
import { isObject } from "../spec/check_descriptor.ts";
import { MANIFEST_LIMIT } from "../spec/check_manifest.ts";
import { joinVariables } from "../spec/config_rules.ts";
import { MAX_SECONDS, secondsToDateTime } from "../spec/date_time.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { Image, ImageConfig } from "../spec/image.ts";
import type { Manifest } from "../spec/manifest.ts";
import { type ImageFormat, mediaTypes } from "../spec/media_types.ts";
import { type Platform, platformOf } from "../spec/platform.ts";
import { checkImageOptions } from "./check_image_options.ts";
import { mergeImageConfig } from "./merge_image_config.ts";
import type { ContainerImage, Document, Layer } from "./container_image.ts";

/** Options of {@linkcode createImage}. */
export interface ImageOptions {
  /** The layers, one at the least, bottom-most first. */
  readonly layers: readonly Layer[];
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
   * @default {{ os: "linux", architecture: "amd64" }}
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
  const { layers, format = "oci", annotations, author } = options;
  const platform = options.platform ?? { os: "linux", architecture: "amd64" };
  const created = dateTimeOf(options.created ?? 0);
  if (!isObject(options.config ?? {})) refuse("its config is not an object");
  // In configurations that other programs wrote, null is absent.
  const imageConfig = mergeImageConfig({}, options.config ?? {});
  checkImageOptions({ ...options, config: imageConfig }, created, refuse);
  const types = mediaTypes[format];

  const config = await document<Image>(types.config, {
    created,
    ...(author === undefined ? {} : { author }),
    ...platformOf(platform),
    config: withJoinedVariables(imageConfig),
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ createdBy }) => ({
      created,
      created_by: createdBy,
    })),
  });
  const manifest = await document<Manifest>(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: config.descriptor,
    layers: layers.map(({ digest, size, encoding }) => ({
      mediaType: encoding === "none" ? types.layer : types.layerGzip,
      digest,
      size,
    })),
    ...(annotations && Object.keys(annotations).length > 0
      ? { annotations: { ...annotations } }
      : {}),
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

async function document<T>(mediaType: string, value: T): Promise<Document<T>> {
  const bytes = canonicalJson(value);
  const digest = await digestOf(bytes);
  return {
    descriptor: { mediaType, digest, size: bytes.byteLength },
    bytes,
    // A copy: what the caller does to its own objects changes no image.
    value: JSON.parse(new TextDecoder().decode(bytes)),
  };
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
