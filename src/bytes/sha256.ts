import type { Digest } from "../spec/digest.ts";
import { createHasher, type Hasher, hashOf } from "./hasher.ts";

/** Begins a SHA-256. */
export function createSha256(): Hasher {
  return createHasher("sha256");
}

/** The SHA-256 digest of bytes, `sha256:…`. */
export function digestOf(bytes: Uint8Array): Promise<Digest> {
  return Promise.resolve(hashOf(bytes, "sha256"));
}
