import { type ByteSource, streamOf } from "../../bytes/byte_source.ts";
import { concat } from "../../bytes/concat.ts";
import { exactChunks } from "./exact_chunks.ts";
import type { Fetch } from "./transport.ts";

/** A request with a body that may be large. */
export interface UploadRequest {
  /** Where to. */
  readonly url: URL;
  /** The method. */
  readonly method: string;
  /** The headers, without `Content-Length`, which is the size of the body. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body: ByteSource;
  /** Stops the upload. */
  readonly signal?: AbortSignal;
  /** Is told the number of bytes sent so far, after every chunk. */
  readonly onProgress?: (bytes: number) => void;
  /**
   * Is told when all of the body was handed to something that does not tell
   * how much of it has been sent.
   */
  readonly onTaken?: () => void;
}

/**
 * Sends a body. Redirects are not followed: the answer is what this one URL
 * says. Where the server answers before it has the whole body, that is the
 * answer.
 *
 * @throws What the runtime fails with where there is no answer; a
 * {@linkcode ScratchbuildError} where it is the body's fault.
 */
export type Upload = (request: UploadRequest) => Promise<Response>;

/** Most bytes that are gathered to make a body of known length out of them. */
const GATHER_LIMIT = 4 * 1024 * 1024;

/**
 * An {@linkcode Upload} by `fetch`, for where there is no `node:http`. A body
 * that is a `Blob`, or small, has its length announced everywhere. Others are
 * streamed, and that is up to the runtime: Deno sends a stream in chunks of
 * unannounced length, which some registries refuse, and Node keeps what it
 * sends in memory.
 *
 * @param fetch Sends a request without following redirects.
 */
export function fetchUpload(fetch: Fetch): Upload {
  return async (upload) => {
    const { url, method, headers, body, signal, onProgress } = upload;
    const init = { method, headers, signal, redirect: "manual" } as const;
    const whole = body.size <= GATHER_LIMIT
      ? await gather(body)
      : body instanceof Blob
      ? body
      : undefined;
    if (whole) {
      upload.onTaken?.();
      const response = await fetch(new Request(url, { ...init, body: whole }));
      onProgress?.(body.size);
      return response;
    }
    let failure: unknown;
    const chunks = async function* () {
      let sent = 0;
      try {
        for await (const chunk of exactChunks(body)) {
          yield chunk;
          onProgress?.(sent += chunk.byteLength);
        }
      } catch (error) {
        throw failure = error;
      }
    };
    try {
      return await fetch(
        new Request(url, {
          ...init,
          headers: { ...headers, "content-length": String(body.size) },
          body: streamOf(chunks()),
          // Missing in the types of the DOM, required by the runtimes.
          ...{ duplex: "half" },
        }),
      );
    } catch (error) {
      // The runtimes wrap what a stream fails with, each in its own way.
      throw failure ?? error;
    }
  };
}

async function gather(body: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of exactChunks(body)) chunks.push(chunk);
  return concat(chunks) as Uint8Array<ArrayBuffer>;
}
