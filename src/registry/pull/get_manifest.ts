import { DigestMismatchError } from "../../bytes/digest_mismatch_error.ts";
import {
  type HashAlgorithm,
  hashAlgorithm,
  hashOf,
} from "../../bytes/hasher.ts";
import type { ManifestDocument } from "../../image/document.ts";
import { checkManifest } from "../../spec/check_manifest.ts";
import { type Digest, isDigest } from "../../spec/digest.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import type { Refuse } from "../../spec/parse_json.ts";
import type { ManifestOptions } from "../../target/image_source.ts";
import { ACCEPT } from "../accept.ts";
import { isTag, TAG_GRAMMAR } from "../reference.ts";
import type { Repository } from "../repository.ts";
import { checkData } from "./check_data.ts";
import { contentDigest, contentType } from "./content_headers.ts";
import { getDocument, type RegistryDocument } from "./get_document.ts";

/** Gets a manifest, as `Registry.manifest` says. */
export async function getManifest(
  repository: Repository,
  name: string,
  { mediaType: expected, signal }: ManifestOptions,
): Promise<ManifestDocument> {
  const algorithm = algorithmFor(repository, name);
  const isPinned = isDigest(name);
  const what = `get ${repository.name}${isPinned ? "@" : ":"}${name}`;
  const url = new URL(`manifests/${name}`, repository.url);
  const request = { url, what, accept: ACCEPT, signal };
  const found = await getDocument(repository, request);

  const { bytes, headers } = found;
  const refuse: Refuse = (why) =>
    new ScratchbuildError(`Cannot ${what}: ${why}`, { code: "REGISTRY" });
  const digest = hashOf(bytes, algorithm);
  if (isPinned && digest !== name) throw mismatch(what, name, digest);
  checkStated(what, found);
  const said = contentType(headers);
  if (!isPinned && said !== undefined && said !== (expected ?? said)) {
    throw refuse(`it is ${said} and not ${expected}`);
  }
  const checked = checkManifest(bytes, {
    mediaType: expected ?? said,
    refuse,
  });
  checkData(checked.value, refuse);
  const { mediaType } = checked;
  const descriptor = { mediaType, digest, size: bytes.byteLength };
  return checked.kind === "index"
    ? { kind: checked.kind, descriptor, bytes, value: checked.value }
    : { kind: checked.kind, descriptor, bytes, value: checked.value };
}

/** The algorithm of the digest that the manifest is to get. */
function algorithmFor(
  { name: place }: Repository,
  name: string,
): HashAlgorithm {
  const refuse = (why: string) =>
    new ScratchbuildError(
      `Cannot get a manifest of ${place} by ` +
        `${JSON.stringify(name.slice(0, 200))}: ${why}`,
      { code: "USAGE" },
    );
  if (isTag(name)) return "sha256";
  if (!isDigest(name)) {
    throw refuse(
      `it is neither a digest nor a tag, which takes ${TAG_GRAMMAR}`,
    );
  }
  const algorithm = hashAlgorithm(name);
  if (algorithm) return algorithm;
  throw refuse("digests of that algorithm cannot be verified here");
}

/** Compares what came with what the registry says that it is. */
function checkStated(
  what: string,
  { bytes, headers }: RegistryDocument,
): void {
  const stated = contentDigest(headers);
  const algorithm = stated && hashAlgorithm(stated);
  if (stated === undefined || algorithm === undefined) return;
  const actual = hashOf(bytes, algorithm);
  if (actual !== stated) throw mismatch(what, stated, actual);
}

function mismatch(
  what: string,
  expected: Digest,
  actual: Digest,
): DigestMismatchError {
  return new DigestMismatchError(
    `Cannot ${what}: it was to be ${expected}, and what came is ${actual}. ` +
      "Try again; the registry, or something on the way, alters what it sends",
    { expected, actual },
  );
}
