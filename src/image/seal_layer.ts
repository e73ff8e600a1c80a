import { DigestStream } from "../bytes/digest_stream.ts";
import { forwarded } from "../bytes/forwarded.ts";
import { blobSpool, type Spool } from "../bytes/spool.ts";
import { compress, type CompressOptions } from "../compression/compress.ts";
import { abortedError, ScratchbuildError } from "../spec/error.ts";
import type { CreatedLayer } from "./container_image.ts";

/** How the blocks of a tar become a layer. */
export interface SealOptions extends CompressOptions {
  /**
   * How the layer came to be, for the history of the image.
   *
   * @default {"scratchbuild"}
   */
  readonly createdBy?: string;
  /**
   * Where the compressed bytes are kept until they have been sent.
   *
   * @default a temporary file on Deno, Bun and Node; a `Blob` in `core`
   */
  readonly spool?: Spool;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /**
   * Is told how many bytes of tar have been packed so far, and how many there
   * will be, where that is known before the end.
   */
  readonly onProgress?: (tarBytes: number, total?: number) => void;
}

/**
 * Turns the blocks of a tar into a layer.
 *
 * @param total Bytes of the tar, where they are known before.
 */
export async function sealLayer(
  blocks: ReadableStream<Uint8Array>,
  options: SealOptions,
  total?: number,
): Promise<CreatedLayer> {
  const { compression = "gzip", createdBy = "scratchbuild", signal } = options;
  const { spool = blobSpool, onProgress } = options;
  const tar = new DigestStream((bytes) => onProgress?.(bytes, total));
  const compressed = new DigestStream();
  const failed = new AbortController();
  const ended = signal
    ? AbortSignal.any([signal, failed.signal])
    : failed.signal;
  try {
    const bytes = await spool(
      compress(blocks.pipeThrough(tar, { signal: ended }), options)
        .pipeThrough(compressed),
    );
    const [{ digest: diffId, size: tarSize }, { digest }] = await Promise.all([
      tar.result,
      compressed.result,
    ]);
    if (total !== undefined && tarSize !== total) {
      await bytes[Symbol.asyncDispose]();
      throw new ScratchbuildError(
        `Cannot build the layer: the tar has ${tarSize} bytes, ` +
          `and ${total} were announced`,
        { code: "LAYER" },
      );
    }
    return {
      ...forwarded(bytes),
      digest,
      diffId,
      tarSize,
      encoding: compression === "none" ? "none" : "gzip",
      createdBy,
      [Symbol.asyncDispose]: () => bytes[Symbol.asyncDispose](),
    };
  } catch (error) {
    // Files that are open are closed also where nobody reads the stream.
    failed.abort(error);
    if (signal?.aborted) throw abortedError("build the layer", signal);
    throw error;
  }
}
