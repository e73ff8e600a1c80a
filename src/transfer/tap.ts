/**
 * Chunks that can be read to their end also where whoever takes them leaves
 * early: what is not taken is drained.
 */
export class Tap {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  readonly #onChunk: (chunk: Uint8Array) => void;
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param chunks The chunks.
   * @param onChunk Sees each of them, also those that are drained.
   */
  constructor(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    onChunk: (chunk: Uint8Array) => void,
  ) {
    this.#iterator = Symbol.asyncIterator in chunks
      ? chunks[Symbol.asyncIterator]()
      : chunks[Symbol.iterator]();
    this.#onChunk = onChunk;
  }

  /** The chunks. Leaving them does not end them. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let next = await this.#next(); next; next = await this.#next()) {
      yield next;
    }
  }

  /**
   * Reads what was not taken.
   *
   * @throws What reading fails with, or has failed with.
   */
  async drain(): Promise<void> {
    while (await this.#next());
    if (this.#failure) throw this.#failure.error;
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#failure) return undefined;
    try {
      const { done, value } = await this.#iterator.next();
      if (done) return undefined;
      this.#onChunk(value);
      return value;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}
