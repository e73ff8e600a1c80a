import type { ByteSource } from "../../bytes/byte_source.ts";
import type { Digest } from "../../spec/digest.ts";
import { checkStored } from "../repository.ts";
import { type BlobUpload, OCTETS, report } from "./blob_upload.ts";
import { isSetback, sendStep, type Setback } from "./setback.ts";
import type { UploadSession } from "./upload_session.ts";

/**
 * Ends an upload by the PUT that names the digest.
 *
 * @param body The blob, where nothing of it was sent before.
 * @returns What came in between; `undefined` where the blob is stored.
 * @throws {DigestMismatchError} Where the registry says that it got something
 * else.
 */
export async function closeSession(
  upload: BlobUpload,
  session: UploadSession,
  body?: ByteSource,
): Promise<Setback | undefined> {
  const { repository, blob: { descriptor: { digest } } } = upload;
  const outcome = await sendStep(upload, body ? "whole" : "close", {
    method: "PUT",
    url: withDigest(session.url, digest),
    headers: body ? OCTETS : { ...OCTETS, "content-length": "0" },
    body,
    onProgress: (bytes) => report(upload, bytes),
  });
  if (isSetback(outcome)) return outcome;
  checkStored(repository, digest, outcome.response);
  return undefined;
}

/** Adds the digest to a URL, whose own query stays as it is, byte for byte. */
function withDigest(url: URL, digest: Digest): URL {
  const [href = ""] = url.href.split("#", 1);
  const separator = !href.includes("?") ? "?" : /[?&]$/.test(href) ? "" : "&";
  return new URL(`${href}${separator}digest=${encodeURIComponent(digest)}`);
}
