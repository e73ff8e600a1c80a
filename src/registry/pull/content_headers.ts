import type { Digest } from "../../spec/digest.ts";
import { isDigest } from "../../spec/digest.ts";
import { isMediaType } from "../../spec/check_descriptor.ts";
import { plainText } from "../http/plain_text.ts";

/** What servers say of JSON, and of anything, when they know no better. */
const GENERIC: ReadonlySet<string> = new Set([
  "application/json",
  "application/octet-stream",
  "binary/octet-stream",
  "text/json",
  "text/plain",
]);

/**
 * The media type of an answer, without its parameters.
 *
 * @returns `undefined` where there is none, or one that says nothing.
 */
export function contentType(headers: Headers): string | undefined {
  const [text = ""] = (headers.get("content-type") ?? "").split(";");
  const type = text.trim().toLowerCase();
  return isMediaType(type) && !GENERIC.has(type) ? type : undefined;
}

/**
 * The length of the body as it goes over the wire.
 *
 * @returns `undefined` where it is not told.
 */
export function contentLength(headers: Headers): number | undefined {
  const text = headers.get("content-length") ?? "";
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * What the body was wrapped in on its way: `gzip`. Node and Bun unwrap it and
 * leave the header, Deno leaves the body as it is.
 *
 * @returns `undefined` where it is as it was.
 */
export function contentEncoding(headers: Headers): string | undefined {
  const text = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  return text === "" || text === "identity" ? undefined : plainText(text, 40);
}

/**
 * What the registry says the digest is.
 *
 * @returns `undefined` where it does not say.
 */
export function contentDigest(headers: Headers): Digest | undefined {
  const text = headers.get("docker-content-digest") ?? "";
  return isDigest(text) ? text : undefined;
}

/** The part of a whole that an answer holds; the last byte is part of it. */
export interface ContentRange {
  /** Place of the first byte. */
  readonly first: number;
  /** Place of the last byte. */
  readonly last: number;
  /** Length of the whole; absent where it is not told. */
  readonly total?: number;
}

/**
 * Reads `Content-Range: bytes 5-9/10`.
 *
 * @returns `undefined` where it is missing, or of another form.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-14.4}
 */
export function contentRange(headers: Headers): ContentRange | undefined {
  const match = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/(\*|[0-9]{1,15})$/i
    .exec((headers.get("content-range") ?? "").trim());
  if (!match) return undefined;
  const [, first, last, total] = match;
  const range = { first: Number(first), last: Number(last) };
  if (range.last < range.first) return undefined;
  return total === "*" ? range : { ...range, total: Number(total) };
}
