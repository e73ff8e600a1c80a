import { bytesSource } from "../../bytes/byte_source.ts";
import type { Document } from "../../image/document.ts";
import type { Index, Manifest } from "../../spec/manifest.ts";
import { discard } from "../http/capped_body.ts";
import { registryFailure } from "../http/registry_failure.ts";
import { RegistryError } from "../registry_error.ts";
import { checkStored, type Repository } from "../repository.ts";
import { hasManifest, manifestUrl } from "./has_manifest.ts";

/**
 * Puts a manifest or an index into a repository, byte for byte.
 *
 * @param name The tag that is to name it, or its digest.
 * @returns Why the registry does not take it; where it has it, the headers of
 * its answer, none where it had it before.
 * @throws {DigestMismatchError} Where the registry says that it got something
 * else.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests}
 */
export async function putManifest(
  repository: Repository,
  name: string,
  { descriptor, bytes }: Document<Manifest | Index>,
  signal: AbortSignal | undefined,
): Promise<RegistryError | Headers> {
  const { authenticator } = repository;
  const { response } = await authenticator.send({
    method: "PUT",
    url: manifestUrl(repository, name),
    headers: { "content-type": descriptor.mediaType },
    body: bytesSource(bytes),
    access: "push",
    signal,
  });
  if (response.ok) {
    await discard(response);
    checkStored(repository, descriptor.digest, response);
    return response.headers;
  }
  const { status } = response;
  const separator = name === descriptor.digest ? "@" : ":";
  const what = `push the manifest to ${repository.name}${separator}${name}`;
  const error = await registryFailure(response, {
    ...authenticator.failure,
    what,
  });
  // A tag that must not change, and that somebody has set to this image.
  if (
    status !== 401 &&
    await hasManifest(repository, name, descriptor, signal)
  ) return new Headers();
  return status === 413 ? tooLarge(what, error) : error;

  function tooLarge(what: string, cause: RegistryError): RegistryError {
    return new RegistryError(
      `Cannot ${what}: the registry answered 413, as it takes no manifest of ` +
        `${descriptor.size} bytes. Use fewer layers, or shorter annotations`,
      { status, errors: cause.errors, cause },
    );
  }
}
