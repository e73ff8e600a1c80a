import { DigestMismatchError } from "../bytes/digest_mismatch_error.ts";
import { RegistryError } from "../registry/registry_error.ts";
import { type ErrorCode, ScratchbuildError } from "../spec/error.ts";

/** Codes of errors that are about what was read, and not about the reading. */
const ABOUT_CONTENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ARCHIVE",
  "COMPRESSION",
  "DIGEST_MISMATCH",
  "DIGEST_SYNTAX",
  "IMAGE",
  "JSON",
  "REGISTRY",
  "TAR",
  "USAGE",
]);

const NOT_FOUND = 404;

/**
 * What an error says is wrong with the bytes that were read, the second half of
 * a sentence.
 *
 * @throws The error, where it says nothing about them: the network failed, the
 * registry refused, the work was stopped.
 */
export function faultOf(error: unknown): string {
  if (error instanceof DigestMismatchError) {
    return `its digest is ${error.actual}`;
  }
  if (!(error instanceof ScratchbuildError) || !ABOUT_CONTENT.has(error.code)) {
    throw error;
  }
  if (error instanceof RegistryError) {
    if (error.status !== NOT_FOUND) throw error;
    return "it is not there";
  }
  // What cannot be done stands before it; digests hold a colon of their own.
  return error.message
    .replace(/^Cannot (?:[^:]|:(?! ))*: (?:of its \S+, )?/, "");
}
