import { readWhole } from "../bytes/read_whole.ts";
import { layerEncoding } from "../image/layer_descriptor.ts";
import { checkImage } from "../spec/check_image.ts";
import { isKnownType, MANIFEST_LIMIT } from "../spec/check_manifest.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { Image } from "../spec/image.ts";
import type { Index, Manifest } from "../spec/manifest.ts";
import { isImageConfig, isNonDistributable } from "../spec/media_types.ts";
import { type Platform, platformText } from "../spec/platform.ts";
import { printable } from "../spec/printable.ts";
import type { ImageSource } from "../target/image_source.ts";
import { faultOf } from "./fault.ts";
import { MAX_DEPTH } from "./find_image.ts";
import type { VerifyFinding } from "./verify_report.ts";

/** A blob that is to be read, and all that is said of it. */
export interface PlannedBlob {
  /** Media type, digest and size, as the first manifest says them. */
  readonly descriptor: Descriptor;
  /** What it is, for people, in the first manifest that names it. */
  readonly what: string;
  /** How often it is named besides. */
  others: number;
  /** Whether it is said to be a layer: a tar, compressed or not. */
  isLayer: boolean;
  /** What its diffID is said to be; several where images differ about it. */
  readonly diffIds: Set<Digest>;
}

/** More blobs than any image has, and few enough to be held in memory. */
const MOST_BLOBS = 100_000;

/**
 * Reads manifests, indexes and configurations, finds out what is wrong with
 * them, and which blobs they name.
 */
export class VerifyPlan {
  /** The blobs that are still to be read, in the order of the manifests. */
  readonly blobs = new Map<Digest, PlannedBlob>();
  /** Manifests and indexes that were read. */
  readonly documents = new Set<Digest>();
  /** What is wrong. */
  readonly problems: VerifyFinding[] = [];
  /** What is odd. */
  readonly warnings: VerifyFinding[] = [];
  /** Bytes that were read. */
  bytes = 0;

  readonly #source: ImageSource;
  readonly #signal: AbortSignal | undefined;
  readonly #configs = new Map<Digest, Image | undefined>();

  /**
   * @param source The place.
   * @param signal Stops the work.
   */
  constructor(source: ImageSource, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#signal = signal;
  }

  /** How many configurations of images were read. */
  get configCount(): number {
    return [...this.#configs.values()].filter((image) => image).length;
  }

  /** What the configuration of an image says; nothing where it was not read. */
  imageOf({ config }: Manifest): Image | undefined {
    return this.#configs.get(config.digest);
  }

  /** Takes in an index, and all that it names. */
  async addIndex(
    { descriptor, value }: { descriptor: Descriptor; value: Index },
    depth = 0,
  ): Promise<void> {
    this.#count(descriptor);
    for (const child of value.manifests) {
      if (this.documents.has(child.digest)) continue;
      await this.#addChild(child, depth + 1);
    }
  }

  /**
   * Takes in a manifest, its configuration and its layers.
   *
   * @param said What it runs on, as an index says.
   */
  async addManifest(
    { descriptor, value }: { descriptor: Descriptor; value: Manifest },
    said?: Platform,
  ): Promise<void> {
    this.#count(descriptor);
    const { config, layers } = value;
    const of = said ? ` of ${printable(platformText(said))}` : "";
    const isImage = isImageConfig(config.mediaType) &&
      (layers.length === 0 || layers.some(isLayer));
    if (!isImage) {
      for (const [position, layer] of layers.entries()) {
        this.#addBlob(layer, `blob ${position + 1}${of}`);
      }
      if (config.size > 0) this.#addBlob(config, `config${of}`);
      return;
    }
    const image = await this.#config(config, `config${of}`);
    const about = { what: `config${of}`, digest: config.digest };
    if (image) this.#compare(image, layers, about, said);
    layers.forEach((layer, position) => {
      const what = `layer ${position + 1}${of}`;
      const diffId = image?.rootfs.diff_ids[position];
      if (isLayer(layer)) return this.#addBlob(layer, what, diffId);
      this.#addBlob(layer, what);
      const why = `its media type, ${layer.mediaType}, is not known here`;
      this.warnings.push({ what, digest: layer.digest, why });
    });
  }

  async #addChild(child: Descriptor, depth: number): Promise<void> {
    const { digest, mediaType, size, platform } = child;
    const name = platform ? printable(platformText(platform)) : undefined;
    const what = `manifest${name ? ` of ${name}` : ""}`;
    const signal = this.#signal;
    try {
      if (!isKnownType(mediaType)) {
        await this.#source.document(child, { signal });
        return this.#count(child);
      }
      const found = await this.#source.manifest(digest, { mediaType, signal });
      if (found.descriptor.size !== size) {
        const why = `it has ${found.descriptor.size} bytes, and the index ` +
          `says ${size}`;
        this.problems.push({ what, digest, why });
      }
      if (found.kind === "manifest") {
        return await this.addManifest(found, platform);
      }
      if (depth === MAX_DEPTH) {
        const why = `indexes lie more than ${MAX_DEPTH} deep`;
        this.problems.push({ what: "index", digest, why });
      } else await this.addIndex(found, depth);
    } catch (error) {
      this.problems.push({ what, digest, why: faultOf(error) });
    }
  }

  /** The configuration of an image; nothing where it is none. */
  async #config(
    descriptor: Descriptor,
    what: string,
  ): Promise<Image | undefined> {
    const { digest, size } = descriptor;
    if (this.#configs.has(digest)) return this.#configs.get(digest);
    const image = await this.#readConfig(descriptor).catch((error) => {
      this.problems.push({ what, digest, why: faultOf(error) });
      return undefined;
    });
    if (image) this.bytes += size;
    this.#configs.set(digest, image);
    return image;
  }

  async #readConfig(descriptor: Descriptor): Promise<Image> {
    const refuse = (why: string) =>
      new ScratchbuildError(why, { code: "IMAGE" });
    if (descriptor.size > MANIFEST_LIMIT) {
      throw refuse(`it is longer than ${MANIFEST_LIMIT} bytes`);
    }
    const signal = this.#signal;
    const bytes = await readWhole(this.#source.blob(descriptor, { signal }));
    return checkImage(bytes, refuse);
  }

  /** Compares a configuration with what names it. */
  #compare(
    { rootfs, history, os, architecture }: Image,
    layers: readonly Descriptor[],
    about: Pick<VerifyFinding, "what" | "digest">,
    said: Platform | undefined,
  ): void {
    const count = rootfs.diff_ids.length;
    if (count !== layers.length) {
      const why = `it has ${count} diffIDs, and the manifest ` +
        `${layers.length} layers`;
      this.problems.push({ ...about, why });
    }
    const made = history?.filter(({ empty_layer }) => !empty_layer).length;
    if (made !== undefined && made > 0 && made !== count) {
      const why = `its history tells of ${made} layers, and it has ${count}; ` +
        "Docker does not take that";
      this.warnings.push({ ...about, why });
    }
    if (said && (said.os !== os || said.architecture !== architecture)) {
      const own = printable(platformText({ os, architecture }));
      const why = `it says that the image is for ${own}, and the index ` +
        `${printable(platformText(said))}`;
      this.warnings.push({ ...about, why });
    }
  }

  #addBlob(descriptor: Descriptor, what: string, diffId?: Digest): void {
    const { digest, size } = descriptor;
    const known = this.blobs.get(digest);
    const blob = known ?? {
      descriptor,
      what,
      others: -1,
      isLayer: false,
      diffIds: new Set<Digest>(),
    };
    blob.others++;
    blob.isLayer ||= isLayer(descriptor);
    if (diffId !== undefined) blob.diffIds.add(diffId);
    if (!known) {
      if (this.blobs.size === MOST_BLOBS) {
        throw new ScratchbuildError(
          `Cannot verify ${printable(this.#source.name)}: it names more than ` +
            `${MOST_BLOBS} blobs`,
          { code: "IMAGE" },
        );
      }
      this.blobs.set(digest, blob);
    } else if (known.descriptor.size !== size) {
      const why = `it is said to have ${size} bytes, and as ${known.what} ` +
        `${known.descriptor.size}`;
      this.problems.push({ what, digest, why });
    }
  }

  #count({ digest, size }: Descriptor): void {
    this.documents.add(digest);
    this.bytes += size;
  }
}

function isLayer({ mediaType }: Descriptor): boolean {
  return layerEncoding(mediaType) !== undefined ||
    isNonDistributable(mediaType);
}
