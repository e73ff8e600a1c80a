import { concat } from "../../bytes/concat.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { MANIFEST_LIMIT } from "../../spec/check_manifest.ts";
import { discard } from "../http/capped_body.ts";
import type { Answer } from "../http/transport.ts";
import { fail, type Repository } from "../repository.ts";
import { BodyAttempts, brokenOff } from "./body_attempts.ts";
import { contentEncoding, contentLength } from "./content_headers.ts";

/** What {@linkcode getDocument} asks for. */
export interface DocumentRequest {
  /** Where it is. */
  readonly url: URL;
  /** What is done, for the errors: `list the tags of ghcr.io/me/app`. */
  readonly what: string;
  /** Media types that are welcome. */
  readonly accept: string;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** A document that a registry answered with. */
export interface RegistryDocument {
  /** All of it. */
  readonly bytes: Uint8Array;
  /** What was said of it. */
  readonly headers: Headers;
  /** Where it came from. Relative URLs refer to this one. */
  readonly url: URL;
}

/**
 * Gets a document of at most 4 MiB. A body that breaks off is asked for again.
 *
 * @throws {RegistryError} Where the registry refuses, or has none.
 * @throws {ScratchbuildError} Code `REGISTRY` where it is too long, code
 * `NETWORK` or `ABORTED`.
 */
export async function getDocument(
  repository: Repository,
  { url, what, accept, signal }: DocumentRequest,
): Promise<RegistryDocument> {
  const attempts = new BodyAttempts(repository, signal);
  try {
    while (true) {
      const answer = await repository.authenticator.send({
        method: "GET",
        url,
        headers: { accept },
        signal,
      });
      const { response } = answer;
      if (!response.ok) await fail(repository, what, answer);
      try {
        const bytes = await readWhole(repository, answer, what, signal);
        return { bytes, headers: response.headers, url: answer.url };
      } catch (error) {
        await attempts.next(error);
      }
    }
  } finally {
    attempts.end();
  }
}

async function readWhole(
  repository: Repository,
  answer: Answer,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { response, url } = answer;
  const declared = contentLength(response.headers);
  const tooLong = () =>
    new ScratchbuildError(
      `Cannot ${what}: the answer is longer than ${MANIFEST_LIMIT} bytes, ` +
        "which is more than anything of that kind has",
      { code: "REGISTRY" },
    );
  if (declared !== undefined && declared > MANIFEST_LIMIT) {
    await discard(response);
    throw tooLong();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const { transport } = repository.authenticator;
  for await (const chunk of transport.read(answer, signal)) {
    size += chunk.byteLength;
    if (size > MANIFEST_LIMIT) throw tooLong();
    chunks.push(chunk);
  }
  const isWrapped = contentEncoding(response.headers) !== undefined;
  if (!isWrapped && declared !== undefined && size < declared) {
    throw brokenOff(url);
  }
  return concat(chunks);
}
