import type { Decoder } from "./decoder.ts";

/** What is used of a `Transform` of `node:zlib`. */
export interface NodeTransform extends AsyncIterable<Uint8Array> {
  /** Bytes that were decoded. */
  readonly bytesWritten: number;
  write(chunk: Uint8Array, done: (error?: Error | null) => void): unknown;
  end(): unknown;
  destroy(error?: unknown): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close" | "end", listener: () => void): unknown;
}

/**
 * A decoder by a stream of `node:zlib`, which may end before its input does.
 * What is left of that is read all the same.
 *
 * @param onEnd Is told how many bytes were decoded.
 */
export function nodeDecoder(
  create: () => NodeTransform,
  onEnd?: (decoded: number) => void,
): Decoder {
  return async function* (chunks) {
    const transform = create();
    let hasEnded = false;
    let isClosed = false;
    const over = new Promise<void>((resolve) => {
      transform.on("end", () => {
        hasEnded = true;
        resolve();
      });
      transform.on("close", () => {
        isClosed = true;
        resolve();
      });
    });
    // Without a listener, a failure after the reader has left would be fatal.
    transform.on("error", () => {});
    const feed = async () => {
      try {
        for await (const chunk of chunks) {
          if (hasEnded) continue;
          if (isClosed) return;
          await Promise.race([
            new Promise<void>((resolve) =>
              transform.write(chunk, () => resolve())
            ),
            over,
          ]);
        }
        transform.end();
      } catch (error) {
        transform.destroy(error);
      }
    };
    const fed = feed();
    try {
      yield* transform;
    } catch (error) {
      // Two of the runtimes take an end before that of the input for a failure.
      if (!hasEnded) throw error;
    } finally {
      transform.destroy();
      await fed;
    }
    onEnd?.(transform.bytesWritten);
  };
}
