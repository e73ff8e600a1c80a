import { digestOf } from "../bytes/sha256.ts";
import { canonicalJson } from "../spec/canonical_json.ts";
import type { Document } from "./document.ts";

/**
 * Writes a document as canonical JSON.
 *
 * @throws {ScratchbuildError} Code `JSON` for a text that is none.
 */
export async function createDocument<T>(
  mediaType: string,
  value: T,
): Promise<Document<T>> {
  const bytes = canonicalJson(value);
  const digest = await digestOf(bytes);
  return {
    descriptor: { mediaType, digest, size: bytes.byteLength },
    bytes,
    // A copy: what the caller does to its own objects changes no image.
    value: JSON.parse(new TextDecoder().decode(bytes)),
  };
}
