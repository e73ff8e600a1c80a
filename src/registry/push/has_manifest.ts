import type { Descriptor } from "../../spec/descriptor.ts";
import { ACCEPT } from "../accept.ts";
import type { AuthenticatedRequest } from "../auth/authenticator.ts";
import { discard } from "../http/capped_body.ts";
import { failWordless, isFinal, type Repository } from "../repository.ts";

/**
 * Whether a tag names this very manifest. Then there is nothing to write, which
 * a registry of immutable tags would refuse. An answer that says neither yes
 * nor no counts as no.
 *
 * @param name The tag, or the digest.
 * @throws {RegistryError} Where the registry lets us do nothing at all.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 */
export async function hasManifest(
  repository: Repository,
  name: string,
  { digest }: Descriptor,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const request: AuthenticatedRequest = {
    method: "HEAD",
    url: manifestUrl(repository, name),
    headers: { accept: ACCEPT },
    access: "push",
    signal,
  };
  const answer = await repository.authenticator.send(request);
  if (isFinal(repository, answer)) {
    const what = `push to ${repository.name}`;
    await failWordless(repository, what, answer, request);
  }
  await discard(answer.response);
  const { ok, headers } = answer.response;
  return ok && headers.get("docker-content-digest") === digest;
}

/** Where a repository has a manifest, by tag or by digest. */
export function manifestUrl({ url }: Repository, name: string): URL {
  return new URL(`manifests/${name}`, url);
}
