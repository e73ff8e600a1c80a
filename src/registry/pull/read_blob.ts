import { hashAlgorithm } from "../../bytes/hasher.ts";
import type { Descriptor } from "../../spec/descriptor.ts";
import type { Digest } from "../../spec/digest.ts";
import { discard } from "../http/capped_body.ts";
import type { Answer } from "../http/transport.ts";
import { fail, type Repository } from "../repository.ts";
import {
  contentDigest,
  contentEncoding,
  contentLength,
  contentRange,
} from "./content_headers.ts";
import { BodyAttempts, brokenOff } from "./body_attempts.ts";

/** How {@linkcode readBlob} reads. */
export interface ReadBlobOptions {
  /** What is done, for the errors: `read ghcr.io/me/app@sha256:…`. */
  readonly what: string;
  /** Makes an error of why what came cannot be used. */
  readonly refuse: (why: string, actual?: Digest) => Error;
  /** Is told what the registry wraps the bytes in, where it does: `gzip`. */
  readonly onEncoding: (encoding: string) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Bytes that an attempt has to bring to count for more than none, so that a
 * server that always breaks off has an end.
 */
const MIN_PROGRESS = 64 * 1024;
const PARTIAL = 206;
const NOT_SATISFIABLE = 416;

/**
 * The bytes of a blob as the registry sends them. A connection that breaks is
 * followed by another one, which goes on where the first one ended. More bytes
 * than the blob has may come, and they may be wrong: that is for the reader to
 * find out.
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
  const attempts = new BodyAttempts(repository, signal);
  let offset = 0;
  let mayResume = true;
  try {
    while (true) {
      const start = offset;
      const part = await openBlob(repository, descriptor, {
        ...options,
        offset: mayResume ? offset : 0,
      });
      const encoding = part && contentEncoding(part.answer.response.headers);
      if (encoding !== undefined) onEncoding(encoding);
      // Places in what is wrapped are not places in the blob.
      mayResume &&= part !== undefined && encoding === undefined;
      let problem: unknown = brokenOff(part?.answer.url ?? url);
      try {
        const body = part ? transport.read(part.answer, signal) : [];
        for await (const chunk of without(body, offset - (part?.first ?? 0))) {
          offset += chunk.byteLength;
          yield chunk;
        }
      } catch (error) {
        problem = error;
      }
      if (offset >= size) return;
      if (offset - start >= MIN_PROGRESS) attempts.progress();
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

/** An answer that holds a blob, or the end of it. */
interface Part {
  /** The answer. */
  readonly answer: Answer;
  /** Place of its first byte in the blob. */
  readonly first: number;
}

/**
 * Asks for a blob from an offset on.
 *
 * @returns `undefined` where the registry takes no such offset.
 */
async function openBlob(
  repository: Repository,
  { digest, size }: Descriptor,
  options: ReadBlobOptions & { readonly offset: number },
): Promise<Part | undefined> {
  const { what, refuse, signal, offset } = options;
  const answer = await repository.authenticator.send({
    method: "GET",
    url: new URL(`blobs/${digest}`, repository.url),
    headers: offset > 0 ? { range: `bytes=${offset}-` } : {},
    access: "pull",
    signal,
  });
  const { response: { status, ok, headers }, response } = answer;
  if (offset > 0 && status === NOT_SATISFIABLE) {
    await discard(response);
    return undefined;
  }
  if (!ok) await fail(repository, what, answer);
  const stated = contentDigest(headers);
  const isOther = stated !== undefined && stated !== digest &&
    hashAlgorithm(stated) === hashAlgorithm(digest);
  const why = isOther
    ? `the registry says that it is ${stated}`
    : fault(response, offset, size);
  if (why !== undefined) {
    await discard(response);
    throw refuse(why, isOther ? stated : undefined);
  }
  return { answer, first: status === PARTIAL ? offset : 0 };
}

/** Why an answer is not the part of a blob that was asked for. */
function fault(
  { status, headers }: Response,
  offset: number,
  size: number,
): string | undefined {
  if (status === PARTIAL) {
    const range = contentRange(headers);
    if (range?.first === offset && (range.total ?? size) === size) return;
    return `its bytes from ${offset} on were asked for, and others came`;
  }
  const length = contentLength(headers) ?? size;
  if (length === size || contentEncoding(headers) !== undefined) return;
  return `the registry has ${length} bytes, and it is to be ${size}`;
}
