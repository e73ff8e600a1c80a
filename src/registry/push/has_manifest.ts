import type { Descriptor } from "../../spec/descriptor.ts";
import { ACCEPT } from "../accept.ts";
import type { Repository } from "../repository.ts";
import { askHead } from "./ask_head.ts";

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
  const url = manifestUrl(repository, name);
  const accept = { accept: ACCEPT };
  const { ok, headers } = await askHead(repository, url, accept, signal);
  return ok && headers.get("docker-content-digest") === digest;
}

/** Where a repository has a manifest, by tag or by digest. */
export function manifestUrl({ url }: Repository, name: string): URL {
  return new URL(`manifests/${name}`, url);
}
