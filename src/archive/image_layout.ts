import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import type { ContainerImage } from "../image/container_image.ts";
import { imageBlobs } from "../image/image_blobs.ts";
import { annotationKeys } from "../spec/annotations.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { Index } from "../spec/manifest.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import { observed } from "../target/observed.ts";
import {
  blobPath,
  indexEntries,
  indexJson,
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
   * cannot be added to, or a file could not be written.
   */
  async write(
    image: ContainerImage,
    options: WriteOptions = {},
  ): Promise<void> {
    const others = await this.#others();
    await this.#store.write(layoutPaths.marker, layoutMarker());
    for (const { descriptor, source } of imageBlobs(image)) {
      const path = blobPath(descriptor.digest);
      if (await this.#store.size(path) === descriptor.size) {
        options.onProgress?.({ descriptor, state: "present", bytes: 0 });
      } else {
        const content = observed(source, descriptor, options);
        await this.#store.write(path, content);
      }
    }
    const { descriptor, bytes } = image.manifest;
    await this.#store.write(blobPath(descriptor.digest), bytesSource(bytes));
    const entries = indexEntries(image, { tags: this.#tags });
    await this.#store.write(
      layoutPaths.index,
      indexJson([...others, ...entries]),
    );
  }

  /** The entries of the present `index.json` that stay. */
  async #others(): Promise<Descriptor[]> {
    const bytes = await this.#store.read(layoutPaths.index);
    if (bytes === undefined) return [];
    const { manifests } = this.#parse(bytes);
    return manifests.filter(({ annotations }) => {
      const tag = annotations?.[annotationKeys.refName];
      return tag === undefined
        ? this.#tags.length > 0
        : !this.#tags.includes(tag);
    });
  }

  #parse(bytes: Uint8Array): Index {
    try {
      const index = JSON.parse(
        new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      );
      if (Array.isArray(index?.manifests)) return index;
    } catch {
      // The same error as for JSON that is no index.
    }
    throw new ScratchbuildError(
      `Cannot add to ${this.name}: its index.json is not an image index; ` +
        "remove the directory or choose another one",
      { code: "TARGET" },
    );
  }
}
