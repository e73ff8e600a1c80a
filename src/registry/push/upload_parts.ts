import { partOf } from "../../bytes/part_of.ts";
import type { Answer } from "../http/transport.ts";
import { askStored } from "./ask_session.ts";
import { type BlobUpload, OCTETS, report } from "./blob_upload.ts";
import { closeSession } from "./close_session.ts";
import { contentRange, storedBytes } from "./content_range.ts";
import { remember } from "./resume_session.ts";
import { contradiction, isSetback, sendStep, type Setback } from "./setback.ts";
import { follow, type UploadSession } from "./upload_session.ts";

/** Most bytes of a part, where nothing asks for less. */
export const PART_SIZE: number = 16 * 1024 * 1024;

/** How often a registry may keep less of a part than it was sent. */
const MAX_SHORT_PARTS = 10;

/**
 * Sends what the registry does not have of a blob by one PATCH for each part,
 * and ends the upload by an empty PUT. After each part the session holds what
 * the registry has confirmed.
 *
 * @returns What came in between; `undefined` where the blob is stored.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks}
 */
export async function uploadParts(
  upload: BlobUpload,
  session: UploadSession,
): Promise<Setback | undefined> {
  const { source, descriptor: { size } } = upload.blob;
  while (session.offset < size) {
    const start = session.offset;
    const end = Math.min(size, start + partSize(upload, session));
    session.sent = end;
    const outcome = await sendStep(upload, "part", {
      method: "PATCH",
      url: session.url,
      headers: { ...OCTETS, "content-range": contentRange(start, end) },
      body: partOf(source, start, end),
      onProgress: (bytes) => report(upload, start + bytes),
    });
    if (isSetback(outcome)) return outcome;
    follow(upload, session, outcome);
    const stored = await confirmed(upload, session, outcome, start, end);
    if (stored === undefined) return contradiction(upload, outcome);
    session.offset = stored;
    await remember(upload, session);
    if (stored < end) report(upload, stored);
  }
  return await closeSession(upload, session);
}

/** Bytes of the next part, unless it is the last one. */
export function partSize(
  { memory }: BlobUpload,
  { minPart, maxPart }: UploadSession,
): number {
  const most = Math.min(memory.maxBody, memory.maxPart, maxPart);
  return Math.max(minPart, Math.min(PART_SIZE, most));
}

/**
 * How many bytes the registry has after a part. Some registries never say, some
 * say the same after every part, some count from the beginning of the part; one
 * that twice shows no progress is not listened to any more. The digest decides
 * in the end.
 *
 * @returns `undefined` where that cannot be.
 * @see {@link https://github.com/aws/containers-roadmap/issues/2831}
 * @see {@link https://github.com/regclient/regclient/issues/627}
 */
async function confirmed(
  upload: BlobUpload,
  session: UploadSession,
  { response }: Answer,
  start: number,
  end: number,
): Promise<number | undefined> {
  const said = storedBytes(response.headers.get("range"));
  if (session.isMute || said === end) return end;
  const stored = said !== undefined && said > start
    ? said
    : await askStored(upload, session) ?? 0;
  if (stored > end) return undefined;
  if (stored <= start) {
    session.isMute = true;
    return end;
  }
  if (stored < end) session.shortParts++;
  return session.shortParts > MAX_SHORT_PARTS ? undefined : stored;
}
