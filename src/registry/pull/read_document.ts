import { DigestMismatchError } from "../../bytes/digest_mismatch_error.ts";
import { hashAlgorithm, hashOf } from "../../bytes/hasher.ts";
import type { Descriptor } from "../../spec/descriptor.ts";
import { parseDigest } from "../../spec/digest.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import type { BlobOptions } from "../../target/image_source.ts";
import { ACCEPT } from "../accept.ts";
import type { Repository } from "../repository.ts";
import { getDocument } from "./get_document.ts";

/** Gets a document of whatever type, as `Registry.document` says. */
export async function readDocument(
  repository: Repository,
  descriptor: Descriptor,
  { signal }: Pick<BlobOptions, "signal">,
): Promise<Uint8Array> {
  const { mediaType, size } = descriptor;
  const digest = parseDigest(descriptor.digest);
  const what = `get ${repository.name}@${digest}`;
  const algorithm = hashAlgorithm(digest);
  if (algorithm === undefined) {
    throw new ScratchbuildError(
      `Cannot ${what}: digests of that algorithm cannot be verified here`,
      { code: "USAGE" },
    );
  }
  const { bytes } = await getDocument(repository, {
    url: new URL(`manifests/${digest}`, repository.url),
    what,
    accept: ACCEPT.includes(mediaType) ? ACCEPT : `${mediaType}, ${ACCEPT}`,
    signal,
  });
  const actual = hashOf(bytes, algorithm);
  if (actual !== digest) {
    throw new DigestMismatchError(
      `Cannot ${what}: its digest is ${actual}. Try again; the registry, or ` +
        "something on the way, alters what it sends",
      { expected: digest, actual },
    );
  }
  if (bytes.byteLength !== size) {
    throw new ScratchbuildError(
      `Cannot ${what}: it has ${bytes.byteLength} bytes, and it is to be ` +
        `${size}. What names it states the wrong size`,
      { code: "REGISTRY" },
    );
  }
  return bytes;
}
