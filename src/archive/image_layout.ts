import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import type { ContainerImage } from "../image/container_image.ts";
import { imageBlobs } from "../image/image_blobs.ts";
import { annotationKeys } from "../spec/annotations.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { abortedError, ScratchbuildError } from "../spec/error.ts";
import type { Index } from "../spec/manifest.ts";
import { printable } from "../spec/printable.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import { observed } from "../target/observed.ts";
import {
  blobPath,
  indexEntries,
  indexJson,
  LAYOUT_VERSION,
  layoutMarker,
  layoutPaths,
} from "./layout_files.ts";

/** The files of an image layout, named by their paths in it. */
export interface LayoutStore {
  /** Size of a file in bytes; `undefined` where there is none. */
  size(path: string): Promise<number | undefined>;
  /** The whole content of a small file; `undefined` where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Puts a file there, whole or not at all. */
  write(path: string, content: ByteSource): Promise<void>;
}

/** Options of {@linkcode ImageLayout}. */
export interface ImageLayoutOptions {
  /** The place as people write it, for messages and results. */
  readonly name: string;
  /**
   * Tags that the image gets. An image that had one of them loses it; with no
   * tag, the one image of the layout without a tag is replaced.
   *
   * @default {[]}
   */
  readonly tags?: readonly string[];
}

/**
 * An OCI image layout. Images that are there already stay; `index.json`, which
 * makes the new one visible, is written last.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md}
 */
export class ImageLayout implements ImageTarget {
  /** The place as people write it. */
  readonly name: string;
  readonly #store: LayoutStore;
  readonly #tags: readonly string[];

  /**
   * A layout at one place.
   *
   * @param store Where the files lie.
   * @param options Name of the layout and tags of the image.
   */
  constructor(store: LayoutStore, options: ImageLayoutOptions) {
    this.name = options.name;
    this.#store = store;
    this.#tags = options.tags ?? [];
  }

  /**
   * Writes the image into the layout.
   *
   * @throws {ScratchbuildError} Code `TARGET` where the layout that is there
   * cannot be added to, or a file could not be written; code `ABORTED` when the
   * signal ended the work.
   */
  async write(
    image: ContainerImage,
    options: WriteOptions = {},
  ): Promise<void> {
    await this.#checkVersion();
    const { manifests: others, ...rest } = await this.#present();
    const { signal, onProgress } = options;
    for (const { descriptor, source } of imageBlobs(image)) {
      if (signal?.aborted) throw abortedError(`write ${this.name}`, signal);
      const path = blobPath(descriptor.digest);
      if (await this.#store.size(path) === descriptor.size) {
        onProgress?.({ descriptor, state: "present", bytes: 0 });
      } else {
        const content = observed(source, descriptor, options);
        await this.#store.write(path, content);
      }
    }
    const { descriptor, bytes } = image.manifest;
    await this.#store.write(blobPath(descriptor.digest), bytesSource(bytes));
    await this.#store.write(layoutPaths.marker, layoutMarker());
    const entries = indexEntries(image, { tags: this.#tags });
    await this.#store.write(
      layoutPaths.index,
      indexJson([...others.filter(this.#stays), ...entries], rest),
    );
  }

  /** Whether an entry of `index.json` keeps its place beside the new ones. */
  readonly #stays = ({ annotations }: Descriptor): boolean => {
    const tag = annotations?.[annotationKeys.refName];
    return tag === undefined
      ? this.#tags.length > 0
      : !this.#tags.includes(tag);
  };

  /** The `index.json` that is there. */
  async #present(): Promise<Pick<Index, "manifests">> {
    const bytes = await this.#store.read(layoutPaths.index);
    if (bytes === undefined) return { manifests: [] };
    const index = parse(bytes) as Index | null | undefined;
    if (
      Array.isArray(index?.manifests) &&
      index.manifests.every((entry) => typeof entry?.digest === "string")
    ) return index;
    throw this.#refusal("its index.json is not an image index");
  }

  async #checkVersion(): Promise<void> {
    const bytes = await this.#store.read(layoutPaths.marker);
    if (bytes === undefined) return;
    const marker = parse(bytes) as { imageLayoutVersion?: unknown } | null;
    if (marker?.imageLayoutVersion === LAYOUT_VERSION) return;
    throw this.#refusal(`its oci-layout is not of version ${LAYOUT_VERSION}`);
  }

  #refusal(why: string): ScratchbuildError {
    return new ScratchbuildError(
      `Cannot add to ${printable(this.name)}: ${why}; ` +
        "remove the directory or choose another one",
      { code: "TARGET" },
    );
  }
}

/** The value of a JSON document; `undefined` where it is none. */
function parse(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
