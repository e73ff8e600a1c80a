import {
  type ByteSource,
  bytesSource,
  streamOf,
} from "../bytes/byte_source.ts";
import type { Spool } from "../bytes/spool.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { FileEntry } from "./entry.ts";
import { LayerError } from "./layer_error.ts";

/**
 * The content of a file as something that has a size and can be opened again.
 *
 * @param spool Takes in what is a stream.
 * @throws {LayerError} Where a stream fails, or the body is nothing of this
 * kind.
 */
export async function fileContent(
  { body, path }: FileEntry,
  spool: Spool,
): Promise<ByteSource> {
  if (typeof body === "string") {
    return bytesSource(new TextEncoder().encode(body));
  }
  if (body instanceof Uint8Array) return bytesSource(body);
  if (isSource(body)) return body;
  const stream = streamFrom(body);
  if (!stream) {
    throw new LayerError(
      path,
      "its body is no text, no Uint8Array, no stream and nothing like a Blob; " +
        "give one of these",
    );
  }
  try {
    return await spool(stream);
  } catch (error) {
    throw contentError(path, error);
  }
}

/** Whether a body can be opened again. */
export function isSource(body: unknown): body is ByteSource {
  return typeof (body as ByteSource | undefined)?.stream === "function";
}

function streamFrom(body: unknown): ReadableStream<Uint8Array> | undefined {
  if (body instanceof ReadableStream) return body;
  const isIterable = typeof body === "object" && body !== null &&
    Symbol.asyncIterator in body;
  return isIterable ? streamOf(body as AsyncIterable<Uint8Array>) : undefined;
}

/** An error that says which file it was whose content could not be read. */
export function contentError(path: string, error: unknown): Error {
  if (error instanceof ScratchbuildError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new LayerError(path, `its content cannot be read: ${why}`, error);
}
