import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
import type { Document } from "../image/document.ts";
import type { Publishable } from "../image/publishable.ts";
import { MANIFEST_LIMIT } from "../spec/check_manifest.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import { abortedError, ScratchbuildError } from "../spec/error.ts";
import type { Index } from "../spec/manifest.ts";
import { parseJson } from "../spec/parse_json.ts";
import { printable } from "../spec/printable.ts";
import type { ImageTarget, WriteOptions } from "../target/image_target.ts";
import type { PlannedContent } from "../target/planned_content.ts";
import { layoutContents } from "./layout_contents.ts";
import {
  blobPath,
  indexEntries,
  indexJson,
  LAYOUT_VERSION,
  layoutMarker,
  layoutPaths,
} from "./layout_files.ts";
import { mergeEntries } from "./merge_entries.ts";

/** The files of an image layout, named by their paths in it. */
export interface LayoutStore {
  /** Size of a file in bytes; `undefined` where there is none. */
  size(path: string): Promise<number | undefined>;
  /** The whole content of a small file; `undefined` where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Puts a file there, whole or not at all. */
  write(path: string, content: ByteSource): Promise<void>;
  /**
   * Changes a small file, whole or not at all, so that no change is lost which
   * somebody else makes at the same time.
   *
   * @param change Makes the content of what is there, `undefined` where there
   * is nothing. May be called several times; when it throws, nothing changes.
   * @param signal Ends the waiting for others.
   */
  update(
    path: string,
    change: (before: Uint8Array | undefined) => Uint8Array,
    signal?: AbortSignal,
  ): Promise<void>;
}

/** Options of {@linkcode ImageLayout}. */
export interface ImageLayoutOptions {
  /** The place as people write it, for messages and results. */
  readonly name: string;
  /**
   * Tags that the image gets. An image that had one of them loses it; with no
   * tag, the one image of the layout without a tag is replaced, artifacts
   * without one stay.
   *
   * @default {[]}
   */
  readonly tags?: readonly string[];
}

/**
 * An OCI image layout. Images that are there already stay; `index.json`, which
 * makes the new one visible, is written last.
 *
 * A blob that is there in its size is not read and not written again. What else
 * may be wrong with it, verifying the layout finds; when its file is removed,
 * it is written again.
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
   * Writes an image, another artifact, or an index with all that it names into
   * the layout. With `tags: []` in the options it is there by its digest alone,
   * and nothing else loses its place.
   *
   * @throws {ScratchbuildError} Code `TARGET` where the layout that is there
   * cannot be added to, or a file could not be written; code `IMAGE` where a
   * blob is not what its descriptor says; code `ABORTED` when the signal ended
   * the work.
   */
  async write(
    image: Publishable,
    options: WriteOptions = {},
  ): Promise<void> {
    const store = this.#store;
    const { signal, onProgress } = options;
    const isMarked = this.#checkMarker(await this.#read(layoutPaths.marker));
    this.#parseIndex(await this.#read(layoutPaths.index));
    // Before all else: what an interrupted run leaves behind is a layout, which
    // the next one adds to.
    if (!isMarked) await store.write(layoutPaths.marker, layoutMarker());
    const { blobs, documents } = layoutContents(image, this.name, options);
    for (const { descriptor, source } of blobs) {
      if (signal?.aborted) throw abortedError(`write ${this.name}`, signal);
      const path = blobPath(descriptor.digest);
      if (await store.size(path) === descriptor.size) {
        onProgress?.({ descriptor, state: "present", bytes: 0 });
      } else {
        await store.write(path, source);
      }
    }
    for (const document of documents) await this.#writeDocument(document);
    if (signal?.aborted) throw abortedError(`write ${this.name}`, signal);
    const entries = indexEntries(image, { tags: options.tags ?? this.#tags });
    await store.update(layoutPaths.index, (before) => {
      const { manifests, ...rest } = this.#parseIndex(before);
      const byDigest = options.tags?.length === 0;
      const merged = mergeEntries(manifests, entries, { byDigest });
      const after = indexJson(merged, rest);
      this.#checkSize(layoutPaths.index, after.byteLength);
      return after;
    }, signal);
  }

  /**
   * Finds out what {@linkcode ImageLayout.write} would write, by the files that
   * are there.
   *
   * @throws {ScratchbuildError} Code `TARGET` where they cannot be looked at.
   */
  async plan(
    image: Publishable,
    options: WriteOptions = {},
  ): Promise<PlannedContent[]> {
    const { blobs, documents } = layoutContents(image, this.name, options);
    const planned: PlannedContent[] = [];
    for (const { descriptor } of [...blobs, ...documents]) {
      const size = await this.#store.size(blobPath(descriptor.digest));
      const state = size === descriptor.size ? "present" : "new";
      planned.push({ descriptor, state });
    }
    return planned;
  }

  async #read(path: string): Promise<Uint8Array | undefined> {
    this.#checkSize(path, await this.#store.size(path) ?? 0);
    return await this.#store.read(path);
  }

  /** Who reads a layout takes no longer documents. */
  #checkSize(path: string, size: number): void {
    if (size <= MANIFEST_LIMIT) return;
    throw this.#refusal(
      `its ${path} is, or would be, longer than ${MANIFEST_LIMIT} bytes`,
    );
  }

  async #writeDocument({ descriptor, bytes }: Document<unknown>) {
    const path = blobPath(descriptor.digest);
    const present = await this.#store.size(path) === bytes.byteLength
      ? await this.#store.read(path)
      : undefined;
    if (present?.every((byte, at) => byte === bytes[at])) return;
    await this.#store.write(path, bytesSource(bytes));
  }

  /** The `index.json` that is there. */
  #parseIndex(bytes: Uint8Array | undefined): Pick<Index, "manifests"> {
    if (bytes === undefined) return { manifests: [] };
    const index = this.#parse(bytes, layoutPaths.index) as Index | null;
    if (Array.isArray(index?.manifests) && index.manifests.every(isEntry)) {
      return index;
    }
    throw this.#refusal("its index.json is not an image index");
  }

  /** @returns Whether there is an `oci-layout`. */
  #checkMarker(bytes: Uint8Array | undefined): boolean {
    if (bytes === undefined) return false;
    const marker = this.#parse(bytes, layoutPaths.marker) as
      | { imageLayoutVersion?: unknown }
      | null;
    if (marker?.imageLayoutVersion === LAYOUT_VERSION) return true;
    throw this.#refusal(`its oci-layout is not of version ${LAYOUT_VERSION}`);
  }

  #parse(bytes: Uint8Array, file: string): unknown {
    const refuse = (why: string) =>
      this.#refusal(`its ${file} cannot be read: ${why}`);
    return parseJson(bytes, { refuse });
  }

  #refusal(why: string): ScratchbuildError {
    return new ScratchbuildError(
      `Cannot add to ${printable(this.name)}: ${why}; ` +
        "remove the directory or choose another one",
      { code: "TARGET" },
    );
  }
}

function isEntry(entry: Descriptor | null): boolean {
  return typeof entry?.digest === "string";
}
