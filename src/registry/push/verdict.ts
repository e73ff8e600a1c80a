import type { RegistryError } from "../registry_error.ts";

/** What a request with bytes of a blob is for. */
export type UploadStep =
  /** The whole blob by PUT. */
  | "whole"
  /** The whole blob by PATCH. */
  | "stream"
  /** A part of the blob by PATCH. */
  | "part"
  /** The empty PUT that ends an upload. */
  | "close";

/** What to make of a refusal. */
export type Verdict =
  /** Nothing helps. */
  | "final"
  /** The server failed; it may have what it was sent. */
  | "again"
  /** The registry knows nothing of the upload any more. */
  | "lost"
  /** The registry does not take blobs in this way. */
  | "refused"
  /** It wants the length announced, which this runtime may not have done. */
  | "length wanted"
  /** The request was too large. */
  | "too large"
  /** The registry expects other bytes of the blob. */
  | "out of step"
  /** What arrived is not the blob. */
  | "corrupt";

/** Codes that say more than the status that they come with. */
const BY_CODE: ReadonlyMap<string, Verdict> = new Map([
  ["NAME_UNKNOWN", "final"],
  ["NAME_INVALID", "final"],
  ["DENIED", "final"],
  ["UNAUTHORIZED", "final"],
  ["DIGEST_INVALID", "corrupt"],
  ["SIZE_INVALID", "corrupt"],
  ["CONTENT_LENGTH_INVALID", "length wanted"],
  ["RANGE_INVALID", "out of step"],
  ["BLOB_UPLOAD_UNKNOWN", "lost"],
  ["BLOB_UPLOAD_INVALID", "lost"],
  ["TOOMANYREQUESTS", "again"],
]);

const BY_STATUS: ReadonlyMap<number, Verdict> = new Map([
  [404, "lost"],
  [405, "refused"],
  [408, "again"],
  [409, "lost"],
  [410, "lost"],
  [411, "length wanted"],
  [415, "refused"],
  [425, "again"],
  [429, "again"],
  [501, "refused"],
]);

/**
 * What to make of a refusal.
 *
 * @param error The answer, as an error.
 * @param step What was being done.
 */
export function judge(
  { status, errors }: RegistryError,
  step: UploadStep,
): Verdict {
  if (status === 413) return step === "close" ? "final" : "too large";
  // A server in trouble says anything.
  if (status >= 500 && status !== 501) return "again";
  if (status === 401 || status === 403) return "final";
  const codes = errors.map(({ code }) => BY_CODE.get(code.toUpperCase()));
  const verdict = status === 416
    ? "out of step"
    : codes.find((code) => code !== undefined) ?? BY_STATUS.get(status);
  // GHCR: https://github.com/ocx-sh/ocx/issues/237
  if (verdict === "out of step" && isAboutSize(errors)) return "too large";
  if (step === "close") {
    // An upload in parts that cannot be ended: the blob itself may be fine.
    return verdict === undefined || verdict === "refused" ||
        verdict === "length wanted"
      ? "corrupt"
      : verdict;
  }
  if (verdict) return verdict;
  // A whole blob is what every registry takes, unless it says so.
  const isOpen = step !== "whole" || says(errors, "UNSUPPORTED");
  return isOpen && status >= 400 ? "refused" : "final";
}

function says(errors: RegistryError["errors"], code: string): boolean {
  return errors.some((error) => error.code.toUpperCase() === code);
}

function isAboutSize(errors: RegistryError["errors"]): boolean {
  return errors.some(({ message }) => /too (large|big)/i.test(message ?? ""));
}
