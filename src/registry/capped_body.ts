import { concat } from "../bytes/concat.ts";

/** Most bytes that are read of a body that is not content. */
export const BODY_LIMIT: number = 64 * 1024;

/**
 * Reads the body of an answer, and lets go of the connection if it is longer
 * than {@linkcode BODY_LIMIT}.
 *
 * @returns The body, cut at the limit.
 * @throws What the body fails with.
 */
export async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
    if (size < BODY_LIMIT) continue;
    await reader.cancel();
    break;
  }
  return new TextDecoder().decode(concat(chunks).subarray(0, BODY_LIMIT));
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
