import { sha256 as portable } from "@noble/hashes/sha2.js";
import type { Digest } from "../spec/digest.ts";
import { builtinModule } from "./builtin_module.ts";

/** A SHA-256 that takes its input in pieces. */
export interface Sha256 {
  /** Adds bytes. */
  update(bytes: Uint8Array): void;
  /** Ends the input and gives its digest, `sha256:…`. To be called once. */
  digest(): Digest;
}

/**
 * Begins a SHA-256: the runtime's own where it can stream (`node:crypto` on
 * Deno, Bun and Node), a portable one elsewhere. `crypto.subtle` cannot stream.
 */
export function createSha256(): Sha256 {
  const crypto = builtinModule<typeof import("node:crypto")>("node:crypto");
  if (crypto) {
    const hash = crypto.createHash("sha256");
    return {
      update: (bytes) => void hash.update(bytes),
      digest: () => `sha256:${hash.digest("hex")}`,
    };
  }
  const hash = portable.create();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => `sha256:${toHex(hash.digest())}`,
  };
}

/** The SHA-256 digest of bytes, `sha256:…`. */
export function digestOf(bytes: Uint8Array): Promise<Digest> {
  const hash = createSha256();
  hash.update(bytes);
  return Promise.resolve(hash.digest());
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
