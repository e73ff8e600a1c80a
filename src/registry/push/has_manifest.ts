import type { Descriptor } from "../../spec/descriptor.ts";
import { mediaTypes } from "../../spec/media_types.ts";
import { discard } from "../http/capped_body.ts";
import { fail, isFinal, type Repository } from "../repository.ts";

/** Every kind of manifest, so that no registry converts one into another. */
export const ACCEPT: string = Object.values(mediaTypes)
  .flatMap(({ manifest, index }) => [manifest, index]).join(", ");

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
  const answer = await repository.authenticator.send({
    method: "HEAD",
    url: manifestUrl(repository, name),
    headers: { accept: ACCEPT },
    access: "push",
    signal,
  });
  if (isFinal(repository, answer)) {
    await fail(repository, `push to ${repository.name}`, answer);
  }
  await discard(answer.response);
  const { ok, headers } = answer.response;
  return ok && headers.get("docker-content-digest") === digest;
}

/** Where a repository has a manifest, by tag or by digest. */
export function manifestUrl({ url }: Repository, name: string): URL {
  return new URL(`manifests/${name}`, url);
}
