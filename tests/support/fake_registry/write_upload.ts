import { canCheck } from "./digests.ts";
import { errorResponse, refuse } from "./error_response.ts";
import { readBody } from "./read_body.ts";
import {
  type Exchange,
  happens,
  lackOfSpace,
  type State,
  type UploadSession,
} from "./state.ts";
import { checkBody, checkLength, storeBlob, tooLarge } from "./store_blob.ts";
import { sessionHeaders } from "./upload_session.ts";

/** Takes a body of an upload: PATCH goes on with it, PUT ends it. */
export async function writeUpload(
  state: State,
  exchange: Exchange,
  session: UploadSession,
): Promise<Response> {
  const isPatch = exchange.method === "PATCH";
  const range = exchange.headers.get("content-range");
  if (isPatch) {
    const refused = refusedPatch(state, exchange, range !== null);
    if (refused) return refused;
  }
  if (range !== null) {
    const refused = refusedRange(state, session, range, isPatch);
    if (refused) return refused;
  }
  const { minChunk = 0 } = state.quirks;
  const isChunk = isPatch || range !== null;
  if (isChunk && session.step > 0 && session.lastChunk < minChunk) {
    return errorResponse(400, "SIZE_INVALID", "the last chunk was too small");
  }
  return isPatch
    ? await append(state, exchange, session, range)
    : await finish(state, exchange, session);
}

async function append(
  state: State,
  exchange: Exchange,
  session: UploadSession,
  range: string | null,
): Promise<Response> {
  const { quirks } = state;
  const refused = checkLength(state, exchange);
  if (refused) return refused;
  const limit = Math.min(
    quirks.maxBody ?? Infinity,
    quirks.maxChunk ?? Infinity,
  );
  const body = await readBody(exchange, limit);
  const { bytes } = body;
  state.bytesReceived += bytes.byteLength;
  if (body.broken !== undefined) {
    breakOff(state, session, bytes);
    throw body.broken;
  }
  if (body.isTooLong) return tooLarge();
  const isOfWrongLength = body.isOfWrongLength ||
    (range !== null && exchange.sentSize === undefined &&
      bytes.length !== lengthOf(range));
  const wrong = checkBody(exchange, { ...body, isOfWrongLength });
  if (wrong) return wrong;
  const lack = lackOfSpace(state, bytes.byteLength);
  if (lack) return refuse(lack);
  if (session.step === 0) session.firstChunk = bytes.byteLength;
  session.lastChunk = bytes.byteLength;
  session.chunks.push(bytes);
  session.size += bytes.byteLength;
  session.step++;
  return new Response(null, {
    status: quirks.patchStatus ?? 202,
    headers: sessionHeaders(state, exchange.url, session),
  });
}

async function finish(
  state: State,
  exchange: Exchange,
  session: UploadSession,
): Promise<Response> {
  const { quirks, uploads } = state;
  const { repository, chunks } = session;
  if (happens(state, "lost upload", quirks.lostUploads)) {
    uploads.delete(session.id);
    return errorResponse(404, "BLOB_UPLOAD_UNKNOWN", "upload unknown");
  }
  const digest = exchange.url.searchParams.getAll("digest").at(-1) ?? "";
  if (!canCheck(digest)) {
    return errorResponse(400, "DIGEST_INVALID", "no such digest");
  }
  const response = await storeBlob(state, exchange, {
    ...{ repository, digest, before: chunks },
    onBroken: (bytes) => breakOff(state, session, bytes),
  });
  // What does not fit the digest leaves the upload as it was.
  if (response.ok) uploads.delete(session.id);
  return response;
}

function refusedPatch(
  { quirks }: State,
  { headers }: Exchange,
  isRanged: boolean,
): Response | undefined {
  if (quirks.patch) return refuse(quirks.patch);
  if (!isRanged) return undefined;
  if (quirks.rangedPatch) return refuse(quirks.rangedPatch);
  const { maxRangedPatch = Infinity } = quirks;
  const range = headers.get("content-range") ?? "";
  return lengthOf(range) > maxRangedPatch
    ? errorResponse(416, "BLOB_UPLOAD_INVALID", "the chunk is too large")
    : undefined;
}

function refusedRange(
  state: State,
  session: UploadSession,
  range: string,
  isPatch: boolean,
): Response | undefined {
  const { quirks, uploads } = state;
  if (!/^\d+-\d+$/.test(range)) {
    return errorResponse(400, "BLOB_UPLOAD_INVALID", "no such Content-Range");
  }
  const start = parseInt(range, 10);
  if (isPatch && happens(state, "false 416", quirks.falseRangeErrors)) {
    uploads.delete(session.id);
  } else if (start === session.size || quirks.anyOrder) {
    return undefined;
  }
  return errorResponse(416, "BLOB_UPLOAD_INVALID", "out of order");
}

function lengthOf(range: string): number {
  const [start = 0, end = 0] = range.split("-").map(Number);
  return end - start + 1;
}

/** What becomes of an upload when a body of it breaks off. */
function breakOff(
  { quirks, uploads }: State,
  session: UploadSession,
  bytes: Uint8Array,
): void {
  if (quirks.resumable === "none") uploads.delete(session.id);
  if (quirks.resumable !== "all") return;
  session.chunks.push(bytes);
  session.size += bytes.byteLength;
}
