import { type BlobUpload, OCTETS, report } from "./blob_upload.ts";
import { closeSession } from "./close_session.ts";
import { isSetback, sendStep, type Setback } from "./setback.ts";
import { follow, type UploadSession } from "./upload_session.ts";

/**
 * Sends a blob by one PATCH that says nothing of a range, and ends the upload
 * by an empty PUT. That is how Docker pushes.
 *
 * @returns What came in between; `undefined` where the blob is stored.
 */
export async function uploadStreamed(
  upload: BlobUpload,
  session: UploadSession,
): Promise<Setback | undefined> {
  const { source, descriptor: { size } } = upload.blob;
  session.sent = size;
  const outcome = await sendStep(upload, "stream", {
    method: "PATCH",
    url: session.url,
    headers: OCTETS,
    body: source,
    onProgress: (bytes) => report(upload, bytes),
  });
  if (isSetback(outcome)) return outcome;
  follow(upload, session, outcome);
  return await closeSession(upload, session);
}
