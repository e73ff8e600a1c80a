import { type ByteSource, streamOf } from "../bytes/byte_source.ts";
import { escapeBytes } from "../bytes/escape_bytes.ts";
import { printable } from "../spec/printable.ts";
import type { Entry } from "../tar/entry.ts";
import { LayerError } from "../tar/layer_error.ts";
import type { OnLayerWarning } from "../tar/layer_warning.ts";
import { readTar } from "../tar/read/read_tar.ts";
import type { TarEntry } from "../tar/read/tar_entry.ts";
import { checkRoot, isRoot } from "./check_root.ts";
import { tarChunks } from "./tar_chunks.ts";
import { treeEntryOf } from "./tree_entry_of.ts";

/** Options of {@linkcode TarEntries}. */
export interface TarEntriesOptions {
  /** Whether owners are left open, for the options of the layer to give. */
  readonly dropOwner: boolean;
  /** Whether times are left open, for the options of the layer to give. */
  readonly dropTime: boolean;
  /** Stops the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of every entry, with its content. */
  readonly onEntry?: (entry: TarEntry) => void | Promise<void>;
  /** Is told of what lies in no tree. */
  readonly onWarning?: OnLayerWarning;
}

/**
 * The entries of a tar, as entries of a layer. The tar is read once for what it
 * holds and once more for the content, which has to be asked for in the order
 * of the tar: then it flows. Disposing ends the reading.
 */
export class TarEntries implements AsyncIterable<Entry>, AsyncDisposable {
  readonly #tar: ByteSource;
  readonly #options: TarEntriesOptions;
  #reading: AsyncGenerator<TarEntry, void, undefined> | undefined;
  /** Which entry the second reading comes to next. */
  #next = 0;

  /** @param tar The tar, compressed or not. */
  constructor(tar: ByteSource, options: TarEntriesOptions) {
    this.#tar = tar;
    this.#options = options;
  }

  /** The entries. Their content can be read when all have been seen. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Entry, void, undefined> {
    const { onEntry, signal } = this.#options;
    const chunks = tarChunks(this.#tar, { signal });
    // Without `return`: the end of the tar is not the end of the chunks.
    const next = () => chunks.next();
    const tar = { [Symbol.asyncIterator]: () => ({ next }) };
    let index = 0;
    try {
      for await (const entry of readTar(tar)) {
        await onEntry?.(entry);
        const given = this.#entryOf(entry, index);
        if (given) yield given;
        index++;
      }
      // Whether all of it is right shows behind the last byte.
      for await (const _ of chunks);
    } finally {
      await chunks.return();
    }
  }

  /** Ends the reading of content. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading?.return();
    this.#reading = undefined;
  }

  #entryOf(entry: TarEntry, index: number): Entry | undefined {
    const { dropOwner, dropTime, onWarning } = this.#options;
    const { type, path, mode, uid, gid, size } = entry;
    const { mtime, mtimeNanoseconds, xattrs } = entry;
    checkNames(entry);
    checkRoot(entry);
    if (isRoot(path) && type === "directory") return undefined;
    const attributes = {
      path,
      mode,
      xattrs,
      ...(!dropOwner && { uid, gid }),
      ...(!dropTime && { mtime, mtimeNanoseconds }),
    };
    const chunks = () => this.#content(index, path);
    const body = { size, chunks, stream: () => streamOf(chunks()) };
    const given = treeEntryOf(entry, attributes, body);
    if (given === undefined) {
      onWarning?.({
        path,
        code: "TAR",
        message: `${printable(path)} is left out: its type in the tar, ` +
          `${JSON.stringify(entry.typeFlag)}, is not one of a file`,
      });
    }
    return given;
  }

  /** The content of one entry, by the second reading. */
  async *#content(
    index: number,
    path: string,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (!this.#reading || this.#next > index) {
      await this[Symbol.asyncDispose]();
      this.#reading = this.#open();
      this.#next = 0;
    }
    let entry: TarEntry | undefined;
    while (this.#next <= index) {
      const next = await this.#reading.next();
      if (next.done) break;
      entry = next.value;
      this.#next++;
    }
    if (entry?.path !== path) {
      throw new LayerError(path, "the tar was changed while it was packed");
    }
    yield* entry.body;
  }

  #open(): AsyncGenerator<TarEntry, void, undefined> {
    const { signal } = this.#options;
    return readTar(tarChunks(this.#tar, { signal }));
  }
}

/** Refuses names that an entry cannot have. */
function checkNames({ path, rawPath, rawTarget }: TarEntry): void {
  const next = "not UTF-8, so it cannot be written anew; take the tar as it " +
    "is, or pack it with other names";
  if (rawPath) {
    throw new LayerError(escapeBytes(rawPath), `the name is ${next}`);
  }
  if (rawTarget) {
    const target = printable(escapeBytes(rawTarget));
    throw new LayerError(path, `its target, ${target}, is ${next}`);
  }
}
