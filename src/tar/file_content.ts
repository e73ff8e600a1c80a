import { type ByteSource, bytesSource } from "../bytes/byte_source.ts";
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
  if (body instanceof ReadableStream) {
    try {
      return await spool(body);
    } catch (error) {
      throw contentError(path, error);
    }
  }
  if (typeof body?.stream === "function") return body;
  throw new LayerError(
    path,
    "its body is no text, no Uint8Array, no stream and nothing like a Blob; " +
      "give one of these",
  );
}

/** An error that says which file it was whose content could not be read. */
export function contentError(path: string, error: unknown): Error {
  if (error instanceof ScratchbuildError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new LayerError(path, `its content cannot be read: ${why}`, error);
}
