import { bytesSource } from "../bytes/byte_source.ts";
import { readWhole } from "../bytes/read_whole.ts";
import type { ImageBlob } from "../image/image_blobs.ts";
import type { Artifact, Publishable } from "../image/publishable.ts";
import { checkImage } from "../spec/check_image.ts";
import { isKnownType, MANIFEST_LIMIT } from "../spec/check_manifest.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { Index } from "../spec/manifest.ts";
import { isImageConfig } from "../spec/media_types.ts";
import { platformDistance } from "../spec/match_platform.ts";
import { type Platform, platformOf, platformText } from "../spec/platform.ts";
import { printable } from "../spec/printable.ts";
import type { ImageSource } from "../target/image_source.ts";
import { sideBySide } from "../target/side_by_side.ts";
import { findImage, type ImageManifest, MAX_DEPTH } from "./find_image.ts";

/** Options of {@linkcode readPublishable}. */
export interface ReadPublishableOptions {
  /**
   * A tag or a digest.
   *
   * @default what the location of the source names
   */
  readonly name?: string;
  /**
   * The descriptor by which something else names it, in the place of `name`.
   *
   * @default none
   */
  readonly descriptor?: Descriptor;
  /**
   * Takes the image for this platform alone from an index; a single image that
   * does not fit is refused.
   *
   * @default everything
   */
  readonly platform?: Platform;
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
 * Most bytes of all documents of an index together. They are held in memory,
 * and are many times what any known image has.
 */
const MAX_DOCUMENTS = 64 * 1024 * 1024;

/** What a document that is not understood stands for: it names nothing. */
const NOTHING: Readonly<Descriptor> = {
  mediaType: "application/vnd.oci.empty.v1+json",
  digest:
    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
  size: 2,
};

/**
 * Reads a manifest, or an index with all that it names, to be written elsewhere
 * byte for byte. Blobs stay where they are until they are read. What is neither
 * an image nor an index is carried along all the same.
 *
 * @throws {ScratchbuildError} Code `IMAGE` where an index is nested too deep, or
 * names more than can be held, or there is no image for the platform; what the
 * source fails with.
 */
export async function readPublishable(
  source: ImageSource,
  options: ReadPublishableOptions = {},
): Promise<Publishable> {
  const reading = new Reading(source, options);
  const { name, descriptor, platform } = options;
  if (platform) return await reading.image(platform);
  if (descriptor) return await reading.named(descriptor, 0);
  return await reading.root(name);
}

/** One reading, which gets no document twice. */
class Reading {
  readonly #source: ImageSource;
  readonly #options: ReadPublishableOptions;
  readonly #found = new Map<Digest, Promise<Publishable>>();
  #bytes = 0;

  constructor(source: ImageSource, options: ReadPublishableOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** The image for one platform. */
  async image(platform: Platform): Promise<Artifact> {
    const { said, ...found } = await findImage(this.#source, {
      ...this.#options,
      platform,
    });
    const image = await this.#artifact(found, undefined, said);
    const own = image.platform;
    if (!said && own && platformDistance(platform, own) === undefined) {
      throw this.#refusal(
        `it is for ${printable(platformText(own))} and not for ` +
          platformText(platform),
      );
    }
    return image;
  }

  /** What the source names, or what has a name. */
  async root(name: string | undefined): Promise<Publishable> {
    const { signal } = this.#options;
    const found = await this.#source.manifest(name, { signal });
    return found.kind === "manifest"
      ? await this.#artifact(found, undefined)
      : { manifest: found, images: await this.#children(found.value, 1) };
  }

  /** What a descriptor names. */
  async named(descriptor: Descriptor, depth: number): Promise<Publishable> {
    const { digest, mediaType, size } = descriptor;
    if (depth > MAX_DEPTH) {
      throw this.#refusal(`its indexes lie more than ${MAX_DEPTH} deep`);
    }
    if (!isKnownType(mediaType)) return await this.#document(descriptor);
    const { signal } = this.#options;
    const found = await this.#source.manifest(digest, { mediaType, signal });
    if (found.descriptor.size !== size) {
      throw this.#refusal(
        `its index says that ${digest} is ${size} bytes long, and it has ` +
          `${found.descriptor.size}`,
      );
    }
    return found.kind === "manifest"
      ? await this.#artifact(found, descriptor)
      : {
        manifest: found,
        images: await this.#children(found.value, depth + 1),
      };
  }

  /** What an index names; where it names something twice, once. */
  async #children(
    { manifests }: Index,
    depth: number,
  ): Promise<Publishable[]> {
    const first = new Map<Digest, Descriptor>();
    for (const child of manifests) {
      if (first.has(child.digest)) continue;
      first.set(child.digest, child);
      if (!this.#found.has(child.digest)) this.#hold(child.size);
    }
    // Of indexes in indexes, each would ask for several at the same time.
    const { signal } = this.#options;
    const options = { signal, ...(depth > 1 && { concurrency: 1 }) };
    return await sideBySide([...first.values()], (child) => {
      const known = this.#found.get(child.digest);
      if (known) return known;
      const found = this.named(child, depth);
      this.#found.set(child.digest, found);
      return found;
    }, options);
  }

  /** What is named and not known here: it is passed on as it is. */
  async #document(descriptor: Descriptor): Promise<Artifact> {
    const { signal } = this.#options;
    const { mediaType, digest, size, platform } = descriptor;
    const bytes = await this.#source.document(descriptor, { signal });
    return {
      manifest: {
        descriptor: { mediaType, digest, size },
        bytes,
        value: { schemaVersion: 2, mediaType, config: NOTHING, layers: [] },
      },
      blobs: [],
      descriptor,
      ...(platform && { platform }),
    };
  }

  async #artifact(
    manifest: ImageManifest,
    descriptor: Descriptor | undefined,
    said: Platform | undefined = descriptor?.platform,
  ): Promise<Artifact> {
    const { config } = manifest.value;
    const layers = manifest.value.layers.map((layer) => this.#blob(layer));
    let last = this.#blob(config);
    let platform = said;
    if (
      !platform && isImageConfig(config.mediaType) &&
      config.size <= MANIFEST_LIMIT
    ) {
      this.#hold(config.size);
      const bytes = await readWhole(last.source);
      last = { ...last, source: bytesSource(bytes) };
      platform = platformIn(bytes);
    }
    return {
      manifest,
      blobs: [...layers, last],
      ...(descriptor && { descriptor }),
      ...(platform && { platform }),
    };
  }

  #blob(descriptor: Descriptor): ImageBlob {
    const { foreignLayers: foreign, signal } = this.#options;
    const { origin } = this.#source;
    return {
      descriptor,
      source: this.#source.blob(descriptor, {
        ...(foreign && { foreign }),
        signal,
      }),
      ...(origin && { origin }),
    };
  }

  #hold(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= MAX_DOCUMENTS) return;
    throw this.#refusal(
      `its manifests and configurations have more than ${MAX_DOCUMENTS} ` +
        "bytes together",
    );
  }

  #refusal(why: string): ScratchbuildError {
    return new ScratchbuildError(
      `Cannot read ${printable(this.#source.name)}: ${why}`,
      { code: "IMAGE" },
    );
  }
}

/** What a configuration says that it is for; nothing where it is odd. */
function platformIn(bytes: Uint8Array): Platform | undefined {
  const odd = new Error("odd");
  try {
    return platformOf(checkImage(bytes, () => odd));
  } catch (error) {
    if (error === odd) return undefined;
    throw error;
  }
}
