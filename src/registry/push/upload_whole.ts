import type { BlobUpload } from "./blob_upload.ts";
import { closeSession } from "./close_session.ts";
import type { Setback } from "./setback.ts";
import type { UploadSession } from "./upload_session.ts";

/**
 * Sends a blob by one PUT.
 *
 * @returns What came in between; `undefined` where the blob is stored.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#post-then-put}
 */
export function uploadWhole(
  upload: BlobUpload,
  session: UploadSession,
): Promise<Setback | undefined> {
  session.sent = upload.blob.descriptor.size;
  return closeSession(upload, session, upload.blob.source);
}
