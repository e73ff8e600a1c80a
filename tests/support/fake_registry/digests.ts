import { createHash } from "node:crypto";
import { type Digest, isDigest } from "../../../src/spec/digest.ts";

const ALGORITHMS: ReadonlySet<string> = new Set(["sha256", "sha512"]);

/** The digest of bytes by the algorithm named, `sha256` or `sha512`. */
export function digestBy(algorithm: string, bytes: Uint8Array): Digest {
  const hex = createHash(algorithm).update(bytes).digest("hex");
  return `${algorithm}:${hex}`;
}

/** Whether a digest is one that a registry can check. */
export function canCheck(digest: string): digest is Digest {
  return isDigest(digest) && ALGORITHMS.has(digest.split(":", 1)[0] ?? "");
}

/** Whether bytes have a digest, which is one that can be checked. */
export function hasDigest(bytes: Uint8Array, digest: string): boolean {
  return canCheck(digest) &&
    digestBy(digest.split(":", 1)[0] ?? "", bytes) === digest;
}
