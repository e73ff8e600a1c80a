import { hashAlgorithm, hashOf } from "../../bytes/hasher.ts";
import type { Descriptor } from "../../spec/descriptor.ts";
import type { Index, Manifest } from "../../spec/manifest.ts";
import type { Refuse } from "../../spec/parse_json.ts";

/**
 * Checks the content that the descriptors of a manifest hold themselves, where
 * they hold any, by their sizes and digests. What cannot be verified is let be:
 * nothing here takes it for the content.
 *
 * @throws What `refuse` makes.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties}
 */
export function checkData(value: Manifest | Index, refuse: Refuse): void {
  const descriptors = "manifests" in value
    ? value.manifests
    : [value.config, ...value.layers];
  for (const descriptor of [...descriptors, value.subject]) {
    if (!descriptor || isSound(descriptor)) continue;
    throw refuse(
      `it holds the content of ${descriptor.digest} itself, which does not ` +
        "fit that digest or its size",
    );
  }
}

function isSound({ data, size, digest }: Descriptor): boolean {
  if (data === undefined) return true;
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  if (bytes.byteLength !== size) return false;
  const algorithm = hashAlgorithm(digest);
  return algorithm === undefined || hashOf(bytes, algorithm) === digest;
}
