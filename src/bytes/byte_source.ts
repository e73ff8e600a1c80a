/** Which bytes a source has, by what is known without reading them. */
export interface SourceVersion {
  /** Changes whenever the bytes do. */
  readonly text: string;
  /**
   * Whether it is made of times that are whole seconds, as file systems have
   * them whose times were made up: then it proves nothing by itself.
   */
  readonly isCoarse: boolean;
}

/**
 * Bytes of a known length that can be read more than once. `Blob`, `File` and
 * `Bun.file()` fit.
 */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;

  /**
   * Which bytes these are; nothing where only reading them tells.
   *
   * @default not known
   */
  readonly version?: SourceVersion;

  /** Opens the bytes anew, from the first to the last. */
  stream(): ReadableStream<Uint8Array>;

  /**
   * The same bytes without the cost of a stream, for readers of many small
   * sources.
   *
   * @param scratch Memory that the reader lends. Chunks may be parts of it, and
   * then hold their bytes only until the next one is asked for.
   */
  chunks?(
    scratch?: Uint8Array,
  ): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

  /**
   * Some of the bytes, without the cost of reading what stands before them.
   *
   * @param start Offset of the first byte.
   * @param end Offset after the last one.
   */
  slice?(start: number, end: number): ByteSource;
}

/** A {@linkcode ByteSource} over bytes in memory. They are not copied. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    stream: () => streamOf([bytes]),
    chunks: () => [bytes],
    slice: (start, end) => bytesSource(bytes.subarray(start, end)),
  };
}

/**
 * The chunks of a source, the cheaper way where the source offers one.
 *
 * @param scratch Memory that the chunks may be parts of, as for
 * {@linkcode ByteSource.chunks}.
 */
export function chunksOf(
  source: ByteSource,
  scratch?: Uint8Array,
): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return source.chunks?.(scratch) ?? iterateStream(source.stream());
}

/**
 * A stream of what an iterable yields, which is asked for no more than the
 * reader takes. Cancelling the stream ends the iterator.
 */
export function streamOf<T>(
  items: Iterable<T> | AsyncIterable<T>,
): ReadableStream<T> {
  let iterator: Iterator<T> | AsyncIterator<T>;
  return new ReadableStream<T>({
    start() {
      iterator = Symbol.asyncIterator in items
        ? items[Symbol.asyncIterator]()
        : items[Symbol.iterator]();
    },
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  }, { highWaterMark: 0 });
}

/**
 * Iterates over a stream, also where `ReadableStream` has no async iterator
 * (Safari). Leaving the loop early cancels the stream.
 */
export async function* iterateStream<T>(
  stream: ReadableStream<T>,
): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  let ended = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } catch (error) {
    ended = true;
    throw error;
  } finally {
    if (!ended) await reader.cancel();
    reader.releaseLock();
  }
}
