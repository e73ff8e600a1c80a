/**
 * Hands chunks to a reader that runs beside, one at a time: a chunk is given
 * back only when the reader asks for the next one, and is done with it.
 */
export class ChunkFeed implements AsyncIterableIterator<Uint8Array> {
  #ask: ((chunk: IteratorResult<Uint8Array>) => void) | undefined;
  #refuse: ((error: unknown) => void) | undefined;
  #tell: (() => void) | undefined;
  #isClosed = false;

  /** Whether nobody reads on. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Reads on; for the reader alone. */
  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#isClosed) {
      return Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve, reject) => {
      this.#ask = resolve;
      this.#refuse = reject;
      this.#tell?.();
    });
  }

  /** Reads no further; for the reader alone. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.#close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Hands a chunk over, and waits until it is read, or nobody reads on. */
  async give(chunk: Uint8Array): Promise<void> {
    await this.#asked();
    this.#answer({ done: false, value: chunk });
    await this.#asked();
  }

  /** There are no more chunks. */
  async end(): Promise<void> {
    await this.#asked();
    this.#answer({ done: true, value: undefined });
    this.#close();
  }

  /** There will be no more chunks: a reader that waits for one gets the error. */
  fail(error: unknown): void {
    this.#refuse?.(error);
    this.#close();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Settles when the reader asks for a chunk, or reads no further. */
  #asked(): Promise<void> {
    if (this.#ask || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#tell = resolve);
  }

  #answer(result: IteratorResult<Uint8Array>): void {
    const ask = this.#ask;
    this.#ask = this.#refuse = this.#tell = undefined;
    ask?.(result);
  }

  #close(): void {
    this.#isClosed = true;
    this.#ask = this.#refuse = undefined;
    this.#tell?.();
  }
}
