import type { Digest } from "../spec/digest.ts";
import { createHasher, type HashAlgorithm } from "./hasher.ts";

/** What bytes are to be, and what is said where they are not. */
export interface VerifyOptions {
  /** Number of bytes. */
  readonly size: number;
  /** Digest of all of them. */
  readonly digest: Digest;
  /** The algorithm of that digest. */
  readonly algorithm: HashAlgorithm;
  /**
   * Makes an error of why the bytes are refused, the second half of a sentence.
   *
   * @param actual The digest of the bytes, where that is what is wrong.
   */
  readonly refuse: (why: string, actual?: Digest) => Error;
}

/**
 * Passes bytes on, and fails where they are not those that were to come. The
 * last chunk is passed on only when everything is found to be right, so that
 * nobody has the whole of something wrong. Chunks must stay as they are until
 * the next but one is asked for.
 *
 * @throws What `refuse` makes, and what reading fails with.
 */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  { size, digest, algorithm, refuse }: VerifyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHasher(algorithm);
  let last: Uint8Array | undefined;
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.byteLength;
    if (length > size) throw refuse(`it is longer than ${size} bytes`);
    hash.update(chunk);
    if (last) yield last;
    last = chunk;
  }
  if (length < size) throw refuse(`it ended after ${length} of ${size} bytes`);
  const actual = hash.digest();
  if (actual !== digest) throw refuse(`its digest is ${actual}`, actual);
  if (last) yield last;
}
