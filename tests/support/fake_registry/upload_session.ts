import { errorResponse } from "./error_response.ts";
import type { Route } from "./route.ts";
import type { Exchange, State, UploadSession } from "./state.ts";

/** Begins an upload. */
export function openSession(state: State, repository: string): UploadSession {
  const id = crypto.randomUUID();
  const session = {
    ...{ id, repository, chunks: [], size: 0 },
    ...{ firstChunk: 0, lastChunk: 0, step: 0 },
  };
  state.uploads.set(id, session);
  return session;
}

/**
 * Finds the upload that a URL is of. Its latest Location alone is good; the
 * status may be asked at an earlier one, which is all that a client has that
 * missed an answer.
 */
export function findSession(
  { uploads, quirks }: State,
  { method, url, isSigned }: Exchange,
  { repository, name }: Route,
): UploadSession | Response {
  const session = uploads.get(name);
  // What is signed is to be kept byte for byte; some programs write it anew.
  const [, exact = ""] = /^\?_state=([^&]*)(?:&|$)/.exec(url.search) ?? [];
  const state = isSigned
    ? exact.replace("a%2Fb%20c", "a/b c")
    : url.searchParams.get("_state") ?? "";
  const [, step] = /^a\/b c(?:\.(\d+))?$/.exec(state) ?? [undefined, "-1"];
  const isLatest = Number(step ?? 0) === session?.step;
  const isEarlier = Number(step ?? 0) >= 0 && !quirks.strictStatus &&
    (method === "GET" || method === "DELETE");
  if (session?.repository === repository && (isLatest || isEarlier)) {
    return session;
  }
  // The code that docker-registry gives where the state does not fit.
  return session?.repository === repository
    ? errorResponse(404, "BLOB_UPLOAD_INVALID", "not its latest Location")
    : errorResponse(404, "BLOB_UPLOAD_UNKNOWN", "no such upload");
}

/** The headers of an answer to what was done with an upload. */
export function sessionHeaders(
  { quirks }: State,
  url: URL,
  session: UploadSession,
): Record<string, string> {
  const { minChunk, maxChunk, silentLimits } = quirks;
  const limits: Record<string, string> = {};
  if (!silentLimits && minChunk !== undefined) {
    limits["oci-chunk-min-length"] = String(minChunk);
  }
  if (!silentLimits && maxChunk !== undefined) {
    limits["oci-chunk-max-length"] = String(maxChunk);
  }
  const range = rangeOf(quirks.range, session);
  return {
    location: locationOf(quirks, url, session),
    ...(range === undefined ? {} : { range }),
    "docker-upload-uuid": session.id,
    ...limits,
  };
}

/** Where a storage is, whose URLs are signed. */
export function storageUrl(url: URL, path: string): URL {
  const there = new URL(url);
  const { hostname } = url;
  // A server on this machine is known by two names.
  there.hostname = hostname === "127.0.0.1"
    ? "localhost"
    : hostname === "localhost"
    ? "127.0.0.1"
    : `storage.${hostname}`;
  there.pathname = `/storage${path}`;
  there.search = "";
  return there;
}

function locationOf(
  { location = "relative", longLocation }: State["quirks"],
  url: URL,
  { repository, id, step }: UploadSession,
): string {
  const path = `/v2/${repository}/blobs/uploads/${id}`;
  const state = `a%2Fb%20c${step === 0 ? "" : `.${step}`}`;
  const query = `?_state=${state}` +
    (longLocation === undefined ? "" : `&pad=${"x".repeat(longLocation)}`);
  switch (location) {
    case "relative":
      return path + query;
    case "absolute":
      return url.origin + path + query;
    case "otherPath":
      return `${url.origin}/proxy${path}${query}`;
    case "otherHost":
      return `${storageUrl(url, path).href}${query}&X-Amz-Signature=s1gned`;
    case "downgraded":
      return `http://${url.host}${path}${query}`;
    case "withoutPort":
      return `${url.protocol}//${url.hostname}${path}${query}`;
  }
}

function rangeOf(
  habit: State["quirks"]["range"],
  { size, firstChunk, lastChunk }: UploadSession,
): string | undefined {
  // Nothing and one byte look the same, in docker-registry too.
  const upTo = (length: number) => `0-${Math.max(0, length - 1)}`;
  switch (habit) {
    case "missing":
      return undefined;
    case "stale":
      return upTo(firstChunk);
    case "relative":
      return upTo(lastChunk);
    case "prefixed":
      return `bytes=${upTo(size)}`;
    case "longer":
      return upTo(size + 10);
    case undefined:
      return upTo(size);
  }
}
