import { type ByteSource, streamOf } from "../../bytes/byte_source.ts";
import { DigestMismatchError } from "../../bytes/digest_mismatch_error.ts";
import { hashAlgorithm } from "../../bytes/hasher.ts";
import { verified } from "../../bytes/verified.ts";
import type { Descriptor } from "../../spec/descriptor.ts";
import { type Digest, parseDigest } from "../../spec/digest.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import type { BlobOptions } from "../../target/image_source.ts";
import type { Repository } from "../repository.ts";
import { readBlob } from "./read_blob.ts";

/** The bytes of a blob, as `Registry.blob` says. */
export function blobSource(
  repository: Repository,
  descriptor: Descriptor,
  options: BlobOptions,
): ByteSource {
  const { size } = descriptor;
  const digest = parseDigest(descriptor.digest);
  const what = `read ${repository.name}@${digest}`;
  const algorithm = hashAlgorithm(digest);
  const bad = algorithm === undefined
    ? "digests of that algorithm cannot be verified here"
    : !Number.isSafeInteger(size) || size < 0
    ? `its size, ${size}, is none`
    : undefined;
  if (algorithm === undefined || bad !== undefined) {
    throw new ScratchbuildError(`Cannot ${what}: ${bad}`, { code: "USAGE" });
  }

  const open = () => {
    let next = "Try again; the registry, or something on the way, alters " +
      "what it sends";
    const onEncoding = (encoding: string) => {
      next = `It came with Content-Encoding: ${encoding}, which blobs must ` +
        "not have. Have the registry, or the proxy before it, leave them alone";
    };
    const refuse = (why: string, actual?: Digest) => {
      const text = `Cannot ${what}: ${why}. ${next}`;
      return actual === undefined
        ? new ScratchbuildError(text, { code: "REGISTRY" })
        : new DigestMismatchError(text, { expected: digest, actual });
    };
    return { ...options, what, refuse, onEncoding };
  };
  const part = (start: number, end: number): ByteSource => {
    const chunks = () =>
      readBlob(repository, descriptor, { ...open(), start, end });
    return {
      size: end - start,
      chunks,
      stream: () => streamOf(chunks()),
      slice: (from, to) => part(start + from, start + to),
    };
  };
  const chunks = () => {
    const how = open();
    const { refuse } = how;
    return verified(
      readBlob(repository, descriptor, how),
      { size, digest, algorithm, refuse },
    );
  };
  return { size, chunks, stream: () => streamOf(chunks()), slice: part };
}
