import { chunksOf, iterateStream, streamOf } from "../bytes/byte_source.ts";
import { partOf } from "../bytes/part_of.ts";
import { blobSpool, type Spool, type SpooledBytes } from "../bytes/spool.ts";

/** What {@linkcode StreamKeeper} takes. */
export interface StreamKeeperOptions {
  /**
   * Where the bytes of the streams are kept.
   *
   * @default a `Blob`
   */
  readonly spool?: Spool;
  /** Stops the reading of a stream. */
  readonly signal?: AbortSignal;
}

/** Bytes that go to one place, and what puts them there. */
interface Batch {
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly bytes: Promise<SpooledBytes>;
  length: number;
}

/**
 * Keeps the bytes of streams while a layer is made: a tar says the size of a
 * file before its content. Those that come before any is read again are in one
 * place, one behind the other, because a process may have only so many files
 * open. Disposing frees them all.
 */
export class StreamKeeper implements AsyncDisposable {
  readonly #options: StreamKeeperOptions;
  readonly #batches: Batch[] = [];
  /** The one that takes more. */
  #open: Batch | undefined;

  /** @param options Where to, and until when. */
  constructor(options: StreamKeeperOptions) {
    this.#options = options;
  }

  /** Whether nothing was kept. */
  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  /** Reads a stream to its end. */
  readonly keep: Spool = async (stream) => {
    const { signal } = this.#options;
    const read = signal
      ? stream.pipeThrough(new TransformStream(), { signal })
      : stream;
    const batch = this.#open ??= this.#begin();
    const start = batch.length;
    for await (const chunk of iterateStream(read)) {
      batch.length += chunk.byteLength;
      try {
        await batch.writer.write(chunk);
      } catch (error) {
        await batch.bytes; // it knows why
        throw error;
      }
    }
    const end = batch.length;
    const chunks = () => this.#between(batch, start, end);
    return {
      size: end - start,
      chunks,
      stream: () => streamOf(chunks()),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  };

  /** Frees what was kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { writer, bytes } of this.#batches) {
      // What was not taken in to its end will not be used.
      writer.abort().catch(() => {});
      const kept = await bytes.catch(() => undefined);
      await kept?.[Symbol.asyncDispose]();
    }
  }

  #begin(): Batch {
    const { spool = blobSpool } = this.#options;
    const { readable, writable } = new TransformStream<Uint8Array>();
    const batch = {
      writer: writable.getWriter(),
      bytes: spool(readable),
      length: 0,
    };
    // What fails shows where bytes are written or read.
    batch.writer.closed.catch(() => {});
    batch.bytes.catch(() => {});
    this.#batches.push(batch);
    return batch;
  }

  async *#between(
    batch: Batch,
    start: number,
    end: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#open === batch) {
      this.#open = undefined;
      await batch.writer.close().catch(() => {}); // the bytes know why
    }
    yield* chunksOf(partOf(await batch.bytes, start, end));
  }
}
