import { isDigest } from "../../../src/spec/digest.ts";
import { errorResponse, refuse } from "./error_response.ts";
import type { Route } from "./route.ts";
import { type Exchange, isLate, type State } from "./state.ts";
import { storageUrl } from "./upload_session.ts";

/** What is done with blobs. */
export function answerBlob(
  state: State,
  exchange: Exchange,
  { repository, name }: Route,
): Response {
  const { blobs, quirks } = state;
  const { method } = exchange;
  if (!isDigest(name)) {
    return errorResponse(400, "DIGEST_INVALID", "no such digest");
  }
  const key = `${repository}@${name}`;
  const bytes = blobs.get(key);
  if (method === "DELETE") {
    if (quirks.deletes) return refuse(quirks.deletes);
    return blobs.delete(key)
      ? new Response(null, { status: 202 })
      : errorResponse(404, "BLOB_UNKNOWN", "blob unknown");
  }
  if (method !== "GET" && method !== "HEAD") {
    return errorResponse(405, "UNSUPPORTED", "no such method");
  }
  if (method === "HEAD" && quirks.head) return refuse(quirks.head);
  if (!bytes || isLate(state, key)) {
    return errorResponse(404, "BLOB_UNKNOWN", "blob unknown");
  }
  if (quirks.redirectBlobs && !exchange.isSigned) {
    const { href } = storageUrl(exchange.url, exchange.path);
    const location = `${href}?X-Amz-Signature=s1gned%2F`;
    return new Response(null, { status: 307, headers: { location } });
  }
  return contentOf(state, exchange, bytes, name);
}

/** The bytes, or those of them that are asked for. */
function contentOf(
  { quirks }: State,
  { method, headers }: Exchange,
  bytes: Uint8Array,
  digest: string,
): Response {
  const size = bytes.byteLength;
  const answer = (status: number, part: Uint8Array, more = {}) =>
    new Response(part.slice(), {
      status,
      headers: {
        "accept-ranges": "bytes",
        "content-length": String(part.byteLength),
        "content-type": "application/octet-stream",
        "docker-content-digest": digest,
        ...more,
      },
    });
  const range = method === "GET" && quirks.blobRange !== "ignored"
    ? rangeOf(headers.get("range"), size)
    : undefined;
  if (range === undefined) return answer(200, bytes);
  if (range === "unsatisfiable") {
    return errorResponse(416, "UNSUPPORTED", "there are no such bytes", {
      "content-range": `bytes */${size}`,
    });
  }
  const shift = quirks.blobRange === "wrong" ? 1 : 0;
  const start = Math.max(0, range.start - shift);
  const end = range.end - shift;
  return answer(206, bytes.subarray(start, end + 1), {
    "content-range": `bytes ${start}-${end}/${size}`,
  });
}

/**
 * The one range that a header asks for.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2}
 */
function rangeOf(
  header: string | null,
  size: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Number(to);
  if (from !== "" && end < start && to !== "") return undefined;
  if (start >= size) return "unsatisfiable";
  return { start, end: Math.min(end, size - 1) };
}
