import type { Digest } from "../spec/digest.ts";
import { createSha256 } from "./sha256.ts";

/** What went through a {@linkcode DigestStream}. */
export interface Measured {
  /** SHA-256 over all bytes. */
  readonly digest: Digest;
  /** Number of bytes. */
  readonly size: number;
}

/**
 * Passes bytes on unchanged and measures them on their way.
 *
 * @example
 * ```ts
 * import { DigestStream } from "@x/scratchbuild/core";
 *
 * const measure = new DigestStream();
 * await new Blob(["{}"]).stream().pipeThrough(measure).pipeTo(new WritableStream());
 * console.log(await measure.result); // { digest: "sha256:44136fa3…", size: 2 }
 * ```
 */
export class DigestStream extends TransformStream<Uint8Array, Uint8Array> {
  /** Settles when the last byte has passed; stays open when the stream fails. */
  readonly result: Promise<Measured>;

  /**
   * A stream that measures.
   *
   * @param onBytes Is told the number of bytes so far, after every chunk.
   */
  constructor(onBytes?: (bytes: number) => void) {
    const hash = createSha256();
    const { promise, resolve } = withResolvers<Measured>();
    let size = 0;
    super({
      transform(chunk, controller) {
        hash.update(chunk);
        size += chunk.byteLength;
        onBytes?.(size);
        controller.enqueue(chunk);
      },
      flush() {
        resolve({ digest: hash.digest(), size });
      },
    });
    this.result = promise;
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
} {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => resolve = settle);
  return { promise, resolve };
}
