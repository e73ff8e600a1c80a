import { canonicalJson } from "../spec/canonical_json.ts";
import { digestOf } from "../bytes/sha256.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { Image, ImageConfig } from "../spec/image.ts";
import type { Manifest } from "../spec/manifest.ts";
import { type ImageFormat, mediaTypes } from "../spec/media_types.ts";
import type { Platform } from "../spec/platform.ts";
import { checkImageConfig } from "./check_image_config.ts";
import type { ContainerImage, Document, Layer } from "./container_image.ts";

/** Options of {@linkcode createImage}. */
export interface ImageOptions {
  /** The layers, bottom-most first. */
  readonly layers: readonly Layer[];
  /**
   * How a container of the image is run.
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
   * Date and time of the image and of its layers, RFC 3339. The default is not
   * the present time, so that equal input gives an equal digest.
   *
   * @default {"1970-01-01T00:00:00Z"}
   */
  readonly created?: string;
  /** Name or e-mail address of who made the image. */
  readonly author?: string;
  /** Annotations of the manifest. Not with `docker`, which has none. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Makes an image of layers: writes its configuration and its manifest, both as
 * canonical JSON, so that equal input gives equal digests.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where an option cannot be right.
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
  const { config: imageConfig = {}, created = "1970-01-01T00:00:00Z" } =
    options;
  const platform = options.platform ?? { os: "linux", architecture: "amd64" };
  const types = mediaTypes[format];
  check(options, created);

  const config = await document<Image>(types.config, {
    created,
    ...(author === undefined ? {} : { author }),
    ...platform,
    config: imageConfig,
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
  return { manifest, config, layers };
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

/** RFC 3339, section 5.6, without the leap second, which Go does not read. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function isDateTime(text: string): boolean {
  const [, date] = DATE_TIME.exec(text) ?? [];
  const day = new Date(`${date}T00:00:00Z`);
  // `Date` takes the 30th of February for a day in March.
  return !Number.isNaN(day.getTime()) &&
    day.toISOString().startsWith(`${date}`);
}

function check(options: ImageOptions, created: string): void {
  const refuse = (why: string) => {
    throw new ScratchbuildError(`Cannot create the image: ${why}`, {
      code: "IMAGE",
    });
  };
  const { format = "oci", annotations = {} } = options;
  if (!Object.hasOwn(mediaTypes, format)) {
    refuse(`the format ${JSON.stringify(format)} is neither oci nor docker`);
  }
  if (format === "docker" && Object.keys(annotations).length > 0) {
    refuse(
      "a Docker manifest has no annotations; use labels or the format oci",
    );
  }
  const { os = "linux", architecture = "amd64" } = options.platform ?? {};
  if (os === "" || architecture === "") {
    refuse("the platform needs an operating system and an architecture");
  }
  if (!isDateTime(created)) {
    refuse(
      `the time ${JSON.stringify(created)} is not an RFC 3339 date and time, ` +
        "as in 2026-01-31T12:00:00Z",
    );
  }
  checkImageConfig(options.config ?? {}, refuse);
}
