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

/**
 * Keeps the bytes of streams while a layer is made: a tar says the size of a
 * file before its content. Disposing frees them all.
 */
export class StreamKeeper implements AsyncDisposable {
  /** Reads a stream to its end. */
  readonly keep: Spool;
  readonly #kept: SpooledBytes[] = [];

  /** @param options Where to, and until when. */
  constructor({ spool = blobSpool, signal }: StreamKeeperOptions) {
    this.keep = async (stream) => {
      const read = signal
        ? stream.pipeThrough(new TransformStream(), { signal })
        : stream;
      const bytes = await spool(read);
      this.#kept.push(bytes);
      return bytes;
    };
  }

  /** Frees what was kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#kept.map((bytes) => bytes[Symbol.asyncDispose]()),
    );
  }
}
