import { ScratchbuildError } from "./error.ts";

/**
 * A content digest, `algorithm:encoded`, for example
 * `sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests}
 */
export type Digest = `${string}:${string}`;

const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** Length in hex digits of the algorithms whose encoded part is known. */
const HEX_LENGTH: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);

/**
 * Whether a text is a digest: it fits the grammar, and for a known algorithm the
 * encoded part is lower-case hex of the right length. A text that
 * passes holds neither `/` nor `..` and is safe in a path and in a URL.
 */
export function isDigest(text: string): text is Digest {
  if (text.length > 256 || !GRAMMAR.test(text)) return false;
  const colon = text.indexOf(":");
  const length = HEX_LENGTH.get(text.slice(0, colon));
  if (length === undefined) return true;
  const encoded = text.slice(colon + 1);
  return encoded.length === length && /^[a-f0-9]+$/.test(encoded);
}

/**
 * Reads a digest.
 *
 * @throws {ScratchbuildError} Code `DIGEST_SYNTAX` where the text is not a digest.
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new ScratchbuildError(
    `Cannot read the digest ${JSON.stringify(text.slice(0, 200))}: ` +
      "it must be an algorithm, a colon and lower-case hex digits, as in sha256:<64 digits>",
    { code: "DIGEST_SYNTAX" },
  );
}
