import { type Digest, parseDigest } from "../../spec/digest.ts";

/**
 * The tag under which a registry without the referrers API has the index of
 * what refers to a manifest: `sha256-…`.
 *
 * @throws {ScratchbuildError} Code `DIGEST_SYNTAX` where the text is no digest.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema}
 */
export function referrersTag(digest: Digest): string {
  const text = parseDigest(digest);
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, colon).slice(0, 32);
  const encoded = text.slice(colon + 1).slice(0, 64);
  return `${algorithm}-${encoded}`.replace(/[^A-Za-z0-9._-]/g, "-");
}
