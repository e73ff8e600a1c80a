import type { ByteSource } from "../../bytes/byte_source.ts";
import { partOf } from "../../bytes/part_of.ts";
import type { Answer } from "../http/transport.ts";
import { askStored } from "./ask_session.ts";
import {
  type BlobUpload,
  OCTETS,
  report,
  type UploadPlace,
} from "./blob_upload.ts";
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
    const setback = await sendPart(upload, session, {
      source,
      end,
      onProgress: (bytes) => report(upload, start + bytes),
    });
    if (setback) return setback;
    await remember(upload, session);
    if (session.offset < end) report(upload, session.offset);
  }
  return await closeSession(upload, session);
}

/** A part of a blob. */
export interface UploadPart {
  /** The blob, or what there is of it so far. */
  readonly source: ByteSource;
  /** Offset after the last byte; the first is the next one of the session. */
  readonly end: number;
  /** Is told how many bytes of the part have been sent. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Sends a part by one PATCH. The session then holds what the registry has
 * confirmed.
 *
 * @returns What came in between.
 */
export async function sendPart(
  upload: UploadPlace,
  session: UploadSession,
  { source, end, onProgress }: UploadPart,
): Promise<Setback | undefined> {
  const start = session.offset;
  session.sent = end;
  const outcome = await sendStep(upload, "part", {
    method: "PATCH",
    url: session.url,
    headers: { ...OCTETS, "content-range": contentRange(start, end) },
    body: partOf(source, start, end),
    onProgress,
  });
  if (isSetback(outcome)) return outcome;
  follow(upload, session, outcome);
  const stored = await confirmed(upload, session, outcome, start, end);
  if (stored === undefined) return contradiction(upload, outcome);
  session.offset = stored;
  return undefined;
}

/** Bytes of the next part, unless it is the last one. */
export function partSize(
  { memory }: UploadPlace,
  { minPart, maxPart }: Pick<UploadSession, "minPart" | "maxPart">,
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
  upload: UploadPlace,
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
