import type { Descriptor } from "./descriptor.ts";
import { isDigest } from "./digest.ts";
import type { Refuse } from "./parse_json.ts";

/** A JSON object of which nothing is known yet. */
export type JsonObject = Record<string, unknown>;

/** RFC 6838, as the schemas of the image specification spell it. */
const MEDIA_TYPE =
  /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
/** What base64 with its padding (RFC 4648, section 4) does not hold. */
const NOT_BASE64 = /[^A-Za-z0-9+/=]|=[^=]|={3}/;

/**
 * Checks a descriptor that comes from outside. Types, annotations and members
 * that are not known are no fault. Members that may be left out and are `null`,
 * as some writers in Go have them, are taken out.
 *
 * @param where What it is, for the error: `layer 2`.
 * @param refuse Makes the error.
 * @throws What `refuse` makes.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md}
 */
export function checkDescriptor(
  value: unknown,
  where: string,
  refuse: Refuse,
): Descriptor {
  const bad = (why: string) => refuse(`${where} ${why}`);
  if (!isObject(value)) throw bad("is not an object");
  dropNulls(value, "urls", "annotations", "data", "artifactType", "platform");
  const { mediaType, digest, size, urls, data, artifactType } = value;
  if (!isMediaType(mediaType)) throw bad("has no media type");
  if (typeof digest !== "string" || !isDigest(digest)) {
    throw bad("has no digest, or one that is none");
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw bad("has no size, or one that is none");
  }
  if (urls !== undefined && !isTexts(urls)) {
    throw bad("has urls that are not a list of texts");
  }
  if (artifactType !== undefined && !isMediaType(artifactType)) {
    throw bad("has an artifact type that is no media type");
  }
  if (data !== undefined && !isBase64(data)) {
    throw bad("has data that is not base64");
  }
  checkAnnotations(value.annotations, where, refuse);
  if (value.platform !== undefined) checkPlatform(value.platform, bad);
  return value as unknown as Descriptor;
}

/**
 * Checks the annotations of something, where it has any.
 *
 * @throws What `refuse` makes.
 */
export function checkAnnotations(
  value: unknown,
  where: string,
  refuse: Refuse,
): void {
  if (value === undefined) return;
  if (isObject(value) && isTexts(Object.values(value))) return;
  throw refuse(`${where} has annotations that are not texts`);
}

/** Whether a value is a media type. */
export function isMediaType(value: unknown): value is string {
  return typeof value === "string" && MEDIA_TYPE.test(value);
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Takes out members that are `null`. */
export function dropNulls(value: JsonObject, ...names: string[]): void {
  for (const name of names) if (value[name] === null) delete value[name];
}

function checkPlatform(value: unknown, bad: Refuse): void {
  if (!isObject(value)) throw bad("has a platform that is not an object");
  dropNulls(value, "variant", "os.version", "os.features", "features");
  const { os, architecture, variant = "" } = value;
  if (typeof os !== "string" || typeof architecture !== "string") {
    throw bad("has a platform without os and architecture");
  }
  const version = value["os.version"] ?? "";
  const features = value["os.features"] ?? [];
  if (!isTexts([variant, version]) || !isTexts(features)) {
    throw bad("has a platform that is none");
  }
}

function isBase64(value: unknown): boolean {
  return typeof value === "string" && value.length % 4 === 0 &&
    !NOT_BASE64.test(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) &&
    value.every((item) => typeof item === "string");
}
