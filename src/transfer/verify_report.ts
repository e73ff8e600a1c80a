import type { Digest } from "../spec/digest.ts";

/** Something that was found out about a part of an image. */
export interface VerifyFinding {
  /** The part, for people: `layer 2 of linux/amd64`. */
  readonly what: string;
  /** Its digest, where it has one. */
  readonly digest?: Digest;
  /** What was found, the second half of a sentence. */
  readonly why: string;
}

/** What `verify` found. */
export interface VerifyReport {
  /** The place, without tag and digest: `ghcr.io/me/app`. */
  readonly name: string;
  /** Digest of the manifest or the index, where it could be read. */
  readonly digest?: Digest;
  /** How many manifests and indexes were read. */
  readonly documents: number;
  /** How many blobs were read to their end. */
  readonly blobs: number;
  /** Bytes of all of these together. */
  readonly bytes: number;
  /** What is wrong: what the bytes are and what they are said to be differ. */
  readonly problems: readonly VerifyFinding[];
  /** What is right and yet some consumers will not take, or not as is meant. */
  readonly warnings: readonly VerifyFinding[];
  /** What could not be verified: layers that are to be had elsewhere. */
  readonly skipped: readonly VerifyFinding[];
}
