import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type { Digest } from "../spec/digest.ts";
import { builtinModule } from "./builtin_module.ts";

/** A hash that takes its input in pieces. */
export interface Hasher {
  /** Adds bytes. */
  update(bytes: Uint8Array): void;
  /** Ends the input and gives its digest, `sha256:…`. To be called once. */
  digest(): Digest;
}

/** What stands in where the runtime has no hash of its own. */
const portable = { sha256, sha384, sha512 };

/** The algorithms that digests can be verified by, as digests name them. */
export type HashAlgorithm = keyof typeof portable;

/**
 * Begins a hash: the runtime's own where it can stream (`node:crypto` on Deno,
 * Bun and Node), a portable one elsewhere. `crypto.subtle` cannot stream.
 */
export function createHasher(algorithm: HashAlgorithm): Hasher {
  const crypto = builtinModule<typeof import("node:crypto")>("node:crypto");
  if (crypto) {
    const hash = crypto.createHash(algorithm);
    return {
      update: (bytes) => void hash.update(bytes),
      digest: () => `${algorithm}:${hash.digest("hex")}`,
    };
  }
  const hash = portable[algorithm].create();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => `${algorithm}:${toHex(hash.digest())}`,
  };
}

/**
 * The algorithm of a digest.
 *
 * @returns `undefined` where no digest of it can be verified here.
 */
export function hashAlgorithm(digest: Digest): HashAlgorithm | undefined {
  const name = digest.slice(0, digest.indexOf(":"));
  return Object.hasOwn(portable, name) ? name as HashAlgorithm : undefined;
}

/** The digest of bytes, by the algorithm given. */
export function hashOf(bytes: Uint8Array, algorithm: HashAlgorithm): Digest {
  const hash = createHasher(algorithm);
  hash.update(bytes);
  return hash.digest();
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
