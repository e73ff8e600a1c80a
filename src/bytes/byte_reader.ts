const NOTHING = new Uint8Array();

/**
 * Takes bytes that come in chunks of any size in pieces of the size that is
 * wanted. Nothing is copied but what spans two chunks.
 */
export class ByteReader {
  /** Offset of the next byte. */
  position = 0;
  #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #chunk: Uint8Array = NOTHING;
  #ended = false;

  /** @param chunks The bytes, from the first one. */
  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks = iteratorOf(chunks);
  }

  /**
   * Takes bytes.
   *
   * @returns Fewer than asked for where the bytes end.
   */
  async take(length: number): Promise<Uint8Array> {
    if (this.#chunk.byteLength === 0) await this.#next();
    if (this.#chunk.byteLength >= length) return this.#cut(length);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length && !this.#ended) {
      const part = this.#cut(length - filled);
      bytes.set(part, filled);
      filled += part.byteLength;
      if (filled < length) await this.#next();
    }
    return bytes.subarray(0, filled);
  }

  /**
   * Takes some bytes, whatever can be had at once.
   *
   * @param most Not more than so many.
   * @returns Nothing at all where the bytes have ended.
   */
  async some(most: number): Promise<Uint8Array> {
    if (this.#chunk.byteLength === 0) await this.#next();
    return this.#cut(most);
  }

  /** Ends the reading, also in the middle. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#chunks.return?.();
  }

  /**
   * Leaves what it reads, and goes on with other chunks.
   *
   * @param position Offset of the first of their bytes.
   */
  protected async continueWith(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    position: number,
  ): Promise<void> {
    await this.#chunks.return?.();
    this.#chunks = iteratorOf(chunks);
    this.#chunk = NOTHING;
    this.position = position;
  }

  #cut(length: number): Uint8Array {
    const part = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(part.byteLength);
    this.position += part.byteLength;
    return part;
  }

  async #next(): Promise<void> {
    while (this.#chunk.byteLength === 0 && !this.#ended) {
      const { done, value } = await this.#chunks.next();
      if (done) {
        this.#ended = true;
        return;
      }
      // A `Buffer` has a `slice` that does not copy.
      const { buffer, byteOffset, byteLength } = value;
      this.#chunk = new Uint8Array(buffer, byteOffset, byteLength);
    }
  }
}

function iteratorOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  return Symbol.asyncIterator in chunks
    ? chunks[Symbol.asyncIterator]()
    : chunks[Symbol.iterator]();
}
