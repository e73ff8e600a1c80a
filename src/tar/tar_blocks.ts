import { chunksOf, streamOf } from "../bytes/byte_source.ts";
import { turn } from "../bytes/turn.ts";
import type { ArrangedEntry, ArrangedFile } from "./arranged_entry.ts";
import { contentError } from "./file_content.ts";
import { entrySize, padded, RECORD_SIZE, tarHeader } from "./header.ts";
import { LayerError } from "./layer_error.ts";

/** Bytes at which a tar is cut into blocks, 1 MiB. */
export const BLOCK_SIZE = 1 << 20;

/** Bytes that files are read by: contents are copied into blocks from there. */
const SCRATCH_SIZE = 1 << 18;

/** Two records of zeros end a tar. */
const END_SIZE = 2 * RECORD_SIZE;

/**
 * Writes entries as a tar in which every chunk is one block. A block holds
 * whole entries (headers, content, padding) up to 1 MiB; an entry that is
 * larger has blocks of its own, cut every 1 MiB; the zeros that end the tar
 * belong to the last block. So a block depends on the entries in it alone, and
 * one that did not change compresses to what it was.
 *
 * @param entries In the form that `arrangeEntries` gives them.
 * @throws {LayerError} In the stream, where a file cannot be read or does not
 * have the size that its entry says.
 */
export function tarBlocks(
  entries: Iterable<ArrangedEntry>,
): ReadableStream<Uint8Array> {
  return streamOf(withTurns(blocks(entries)));
}

/** Bytes of the tar that {@linkcode tarBlocks} makes of entries. */
export function tarSize(entries: Iterable<ArrangedEntry>): number {
  let size = END_SIZE;
  for (const entry of entries) size += entrySize(entry);
  return size;
}

/** Reading files is synchronous where that is fast; between blocks it rests. */
async function* withTurns<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    await turn();
  }
}

async function* blocks(
  entries: Iterable<ArrangedEntry>,
): AsyncGenerator<Uint8Array> {
  const block = new Block();
  const scratch = new Uint8Array(SCRATCH_SIZE);
  let partOfLargeEntry = false;
  for (const entry of entries) {
    const header = tarHeader(entry);
    const size = entry.type === "file" ? entry.body.size : 0;
    const total = header.byteLength + padded(size);
    if (
      block.length > 0 &&
      (partOfLargeEntry || block.length + total > BLOCK_SIZE)
    ) {
      yield block.take();
    }
    partOfLargeEntry = total > BLOCK_SIZE;
    // A pax header can be larger than a block, so it is cut like content.
    yield* block.fill(header);
    if (entry.type !== "file") continue;
    for await (const chunk of contentOf(entry, scratch)) {
      yield* block.fill(chunk);
    }
    yield* block.fill(new Uint8Array(padded(size) - size));
  }
  yield block.end();
}

/** The bytes of a file, as many as its entry says. */
async function* contentOf(
  entry: ArrangedFile,
  scratch: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const { body: { size }, path } = entry;
  let length = 0;
  try {
    for await (const chunk of chunksOf(entry.body, scratch)) {
      length += chunk.byteLength;
      if (length > size) break;
      yield chunk;
    }
  } catch (error) {
    throw contentError(path, error);
  }
  if (length !== size) {
    throw new LayerError(
      path,
      `its content is ${length > size ? "longer" : "shorter"} than the ` +
        `${size} bytes that were announced`,
    );
  }
}

/** Collects bytes until a block is full. */
class Block {
  /** Bytes collected so far. */
  length = 0;
  #bytes: Uint8Array | undefined;

  /** Adds bytes; yields each block that is full and has more behind it. */
  *fill(bytes: Uint8Array): Generator<Uint8Array> {
    for (let offset = 0; offset < bytes.byteLength;) {
      if (this.length === BLOCK_SIZE) yield this.take();
      const end = Math.min(offset + BLOCK_SIZE - this.length, bytes.byteLength);
      this.#room().set(bytes.subarray(offset, end), this.length);
      this.length += end - offset;
      offset = end;
    }
  }

  /** The bytes collected, which begin a new block. */
  take(): Uint8Array {
    const taken = this.#room().subarray(0, this.length);
    this.#bytes = undefined;
    this.length = 0;
    return taken;
  }

  /** The last block, with the end of the tar. */
  end(): Uint8Array {
    this.#room();
    this.length += END_SIZE;
    return this.take();
  }

  #room(): Uint8Array {
    return this.#bytes ??= new Uint8Array(BLOCK_SIZE + END_SIZE);
  }
}
