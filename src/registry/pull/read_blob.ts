import type { Descriptor } from "../../spec/descriptor.ts";
import { discard } from "../http/capped_body.ts";
import type { Repository } from "../repository.ts";
import {
  type BlobPart,
  BlobPlace,
  type BlobPlaceOptions,
} from "./blob_place.ts";
import { BodyAttempts, brokenOff } from "./body_attempts.ts";
import { contentEncoding } from "./content_headers.ts";

/** How {@linkcode readBlob} reads. */
export interface ReadBlobOptions extends BlobPlaceOptions {
  /** Is told what the registry wraps the bytes in, where it does: `gzip`. */
  readonly onEncoding: (encoding: string) => void;
  /**
   * Offset of the first byte.
   *
   * @default {0}
   */
  readonly start?: number;
  /**
   * Offset after the last byte.
   *
   * @default the size of the blob
   */
  readonly end?: number;
}

/**
 * Bytes that an attempt has to bring to count for more than none, so that a
 * server that always breaks off has an end.
 */
const MIN_PROGRESS = 64 * 1024;

/**
 * The bytes of a blob as the registry sends them. A connection that breaks is
 * followed by another one, which goes on where the first one ended. More bytes
 * than the blob has may come where its end is wanted, and they may be wrong: that
 * is for the reader to find out.
 *
 * @throws {RegistryError} Where the registry refuses.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 * @throws What `refuse` makes.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-14}
 */
export async function* readBlob(
  repository: Repository,
  descriptor: Descriptor,
  options: ReadBlobOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { refuse, onEncoding, signal } = options;
  const { authenticator: { transport }, url } = repository;
  const { size } = descriptor;
  const { start = 0, end = size } = options;
  if (start >= end && size > 0) return;
  // What is longer than it should be is to be noticed.
  const limit = end < size ? end : Infinity;
  const place = new BlobPlace(repository, descriptor, options);
  const attempts = new BodyAttempts(repository, signal);
  let offset = start;
  let mayResume = true;
  try {
    while (true) {
      const before = offset;
      const part: BlobPart | undefined = mayResume
        ? await place.open(offset, end)
        : await place.open(0, size);
      const encoding: string | undefined = part &&
        contentEncoding(part.answer.response.headers);
      if (encoding !== undefined) onEncoding(encoding);
      // Places in what is wrapped are not places in the blob.
      mayResume &&= part !== undefined && encoding === undefined;
      if (part && !mayResume && part.first > 0) {
        await discard(part.answer.response);
        continue;
      }
      let problem: unknown = brokenOff(part?.answer.url ?? url);
      try {
        const body = part ? transport.read(part.answer, signal) : [];
        for await (const chunk of without(body, offset - (part?.first ?? 0))) {
          if (offset >= limit) break;
          const wanted = chunk.subarray(0, limit - offset);
          offset += wanted.byteLength;
          yield wanted;
        }
      } catch (error) {
        problem = error;
      }
      if (offset >= end) return;
      if (offset - before >= MIN_PROGRESS) attempts.progress();
      await attempts.next(
        problem,
        encoding === undefined
          ? problem
          : refuse("it cannot be read to its end"),
      );
    }
  } finally {
    attempts.end();
  }
}

/** Leaves out the first bytes. */
async function* without(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(count, chunk.byteLength));
    count -= chunk.byteLength - rest.byteLength;
    if (rest.byteLength > 0) yield rest;
  }
}
