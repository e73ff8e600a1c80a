import { iterateStream } from "../../bytes/byte_source.ts";
import { concat } from "../../bytes/concat.ts";

/** Most bytes that are read of a body that is not content. */
export const BODY_LIMIT: number = 64 * 1024;

/**
 * Reads what comes, and lets go of it when it is longer than
 * {@linkcode BODY_LIMIT}.
 *
 * @returns The bytes, cut at the limit.
 * @throws What the reading fails with.
 */
export async function capped(
  chunks: AsyncIterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const taken: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    taken.push(chunk);
    size += chunk.byteLength;
    if (size >= BODY_LIMIT) break;
  }
  return concat(taken).slice(0, BODY_LIMIT) as Uint8Array<ArrayBuffer>;
}

/**
 * Reads the body of an answer, and lets go of the connection if it is longer
 * than {@linkcode BODY_LIMIT}.
 *
 * @returns The body, cut at the limit.
 * @throws What the body fails with.
 */
export async function readCapped({ body }: Response): Promise<string> {
  const bytes = body ? await capped(iterateStream(body)) : undefined;
  return new TextDecoder().decode(bytes);
}

/**
 * Lets go of an answer whose body is of no interest, so that its connection
 * does not stay open.
 */
export async function discard(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // The connection broke, so it is let go of already.
  }
}
