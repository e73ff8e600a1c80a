import { DigestMismatchError } from "../bytes/digest_mismatch_error.ts";
import type { Digest } from "../spec/digest.ts";
import type {
  AuthenticatedRequest,
  Authenticator,
} from "./auth/authenticator.ts";
import { discard } from "./http/capped_body.ts";
import { registryFailure } from "./http/registry_failure.ts";
import type { Answer } from "./http/transport.ts";

/** A repository, and how it is spoken to. */
export interface Repository {
  /** The registry as references name it: `ghcr.io`. */
  readonly registry: string;
  /** The repository in the registry: `me/app`. */
  readonly path: string;
  /** Both, as people write it: `ghcr.io/me/app`. */
  readonly name: string;
  /** Where its part of the API begins: `https://ghcr.io/v2/me/app/`. */
  readonly url: URL;
  /** Sends the requests. */
  readonly authenticator: Authenticator;
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
 * Makes an error of a refusal that came without a word, as those of HEAD do. The
 * same is asked once more by GET, for the registry's words.
 *
 * @param request What was refused.
 */
export async function failWordless(
  repository: Repository,
  what: string,
  answer: Answer,
  request: AuthenticatedRequest,
): Promise<never> {
  const told = await repository.authenticator.send({
    ...request,
    method: "GET",
    retry: false,
    followRedirects: false,
    meetsChallenges: false,
  }).catch((error) => {
    if (request.signal?.aborted) throw error;
    return answer;
  });
  const isSame = told.response.status === answer.response.status;
  if (!isSame) await discard(told.response);
  return await fail(repository, what, isSame ? told : answer);
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
