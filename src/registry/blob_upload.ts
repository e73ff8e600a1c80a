import { DigestMismatchError } from "../bytes/digest_mismatch_error.ts";
import type { ImageBlob } from "../image/image_blobs.ts";
import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { WriteOptions } from "../target/image_target.ts";
import { refusal } from "./address.ts";
import type { Authenticator } from "./authenticator.ts";
import { discard } from "./capped_body.ts";
import { registryFailure } from "./registry_failure.ts";
import type { Answer } from "./transport.ts";

/** A repository, and how it is spoken to. */
export interface Repository {
  /** The repository as people write it: `ghcr.io/me/app`. */
  readonly name: string;
  /** Where its part of the API begins: `https://ghcr.io/v2/me/app/`. */
  readonly url: URL;
  /** Sends the requests. */
  readonly authenticator: Authenticator;
}

/**
 * Puts a blob into a repository, unless it is there: asked for by HEAD, begun
 * by POST, sent whole by one PUT.
 *
 * @throws {RegistryError} Where the registry refuses.
 * @throws {DigestMismatchError} Where it says that it got something else.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs}
 */
export async function pushBlob(
  repository: Repository,
  { descriptor, source }: ImageBlob,
  options: WriteOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  const { authenticator } = repository;
  const { digest, size } = descriptor;
  if (await hasBlob(repository, descriptor, signal)) {
    onProgress?.({ descriptor, state: "present", bytes: 0 });
    return;
  }
  // This request also gets past a challenge, so that none meets the body.
  const begun = await authenticator.send({
    method: "POST",
    url: new URL("blobs/uploads/", repository.url),
    signal,
  });
  const what = `push to ${repository.name}`;
  if (!begun.response.ok) await fail(repository, what, begun);
  await discard(begun.response);
  const url = withDigest(sessionUrl(repository, begun), digest);

  onProgress?.({ descriptor, state: "start", bytes: 0 });
  const done = await authenticator.send({
    method: "PUT",
    url,
    headers: { "content-type": "application/octet-stream" },
    body: source,
    signal,
    onProgress: onProgress &&
      ((bytes) => onProgress({ descriptor, state: "bytes", bytes })),
  });
  if (!done.response.ok) {
    await fail(repository, `push ${digest} to ${repository.name}`, done);
  }
  await discard(done.response);
  checkStored(repository, digest, done.response);
  onProgress?.({ descriptor, state: "done", bytes: size });
}

/**
 * Compares what a registry says that it stored with what was sent. Not every
 * registry says it, and one may name another algorithm.
 *
 * @throws {DigestMismatchError} Where the two differ.
 */
export function checkStored(
  repository: Repository,
  expected: Digest,
  { headers }: Response,
): void {
  const actual = headers.get("docker-content-digest");
  if (actual === null || actual === expected) return;
  const algorithm = expected.slice(0, expected.indexOf(":") + 1);
  if (!actual.startsWith(algorithm)) return;
  throw new DigestMismatchError(
    `Cannot push ${expected} to ${repository.name}: the registry says that it ` +
      "got something else. Try again; something on the way alters what is sent",
    { expected, actual },
  );
}

/** Makes an error of an answer that is not a success. */
export async function fail(
  { authenticator }: Repository,
  what: string,
  { response }: Answer,
): Promise<never> {
  throw await registryFailure(response, { ...authenticator.failure, what });
}

/**
 * Whether an answer to a HEAD request refuses for good. Anything else that is
 * not a success says little: some registries answer 403 where there is nothing.
 */
export function isFinal(
  { authenticator }: Repository,
  { response, url }: Answer,
): boolean {
  return response.status === 401 && authenticator.isRegistry(url);
}

async function hasBlob(
  repository: Repository,
  { digest, size }: Descriptor,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const answer = await repository.authenticator.send({
    method: "HEAD",
    url: new URL(`blobs/${digest}`, repository.url),
    signal,
  });
  if (isFinal(repository, answer)) {
    await fail(repository, `push to ${repository.name}`, answer);
  }
  await discard(answer.response);
  const { ok, headers } = answer.response;
  const length = headers.get("content-length");
  // A web server that answers 200 to everything says neither.
  return ok &&
    (length === null
      ? headers.get("docker-content-digest") === digest
      : Number(length) === size);
}

/** Where an upload that has begun is to be sent. */
function sessionUrl({ name }: Repository, { response, url }: Answer): URL {
  const location = response.headers.get("location");
  const refuse = (why: string) =>
    new ScratchbuildError(
      `Cannot push to ${name}: ${why}. ` +
        "Look into the configuration of the registry and of the proxy before it",
      { code: "NETWORK" },
    );
  if (location === null || !URL.canParse(location, url.href)) {
    throw refuse("the registry does not say where to send a blob");
  }
  const session = new URL(location, url);
  const why = refusal(url, session);
  if (why === undefined) return session;
  throw refuse(`the blob must not be sent to ${session.host}, as ${why}`);
}

/** Adds the digest to a URL, whose own query stays as it is, byte for byte. */
function withDigest(url: URL, digest: Digest): URL {
  const [href = ""] = url.href.split("#", 1);
  const separator = !href.includes("?") ? "?" : /[?&]$/.test(href) ? "" : "&";
  return new URL(`${href}${separator}digest=${encodeURIComponent(digest)}`);
}
