import type { ByteSource } from "../bytes/byte_source.ts";
import { createSha256 } from "../bytes/sha256.ts";
import { codecIdentity } from "../compression/block_cache.ts";
import { codecOf, type CompressOptions } from "../compression/compress.ts";
import { version } from "../spec/version.ts";
import type { ArrangedEntry } from "../tar/arranged_entry.ts";

/** Texts that are hashed in one go. */
const BATCH = 500;

/**
 * Tells a layer from all others without reading a file: by all that its entries
 * say, by the versions of their contents, by how it is compressed, and by the
 * version of this package, which decides how all that is written.
 *
 * @returns Nothing where a content has no version, or none can be trusted.
 */
export function layerKey(
  entries: readonly ArrangedEntry[],
  options: CompressOptions,
): string | undefined {
  const codec = codecOf(options);
  // What the runtime compresses as it likes is not the same twice.
  if (codec === undefined && options.compression !== "none") return undefined;
  const how = codec ? codecIdentity(codec) : "none";
  let texts = [`layer ${version} ${how}\n`];
  const hash = createSha256();
  const encoder = new TextEncoder();
  const flush = () => {
    hash.update(encoder.encode(texts.join("")));
    texts = [];
  };
  let isCoarse = true;
  let hasContent = false;
  for (const entry of entries) {
    const content = entry.type === "file" ? entry.body : undefined;
    if (content && content.size > 0) {
      if (content.version === undefined) return undefined;
      hasContent = true;
      isCoarse &&= content.version.isCoarse;
    }
    texts.push(textOf(entry, content));
    if (texts.length >= BATCH) flush();
  }
  if (hasContent && isCoarse) return undefined;
  flush();
  return hash.digest().slice("sha256:".length);
}

/** All that decides on the bytes of an entry in a tar, one way only. */
function textOf(
  { xattrs, ...entry }: ArrangedEntry,
  content: ByteSource | undefined,
): string {
  const attributes = Object.entries(xattrs)
    .map(([name, value]) => [name, Array.from(value)]);
  const said = { ...entry, body: undefined, xattrs: attributes };
  const { size = 0, version } = content ?? {};
  return `${JSON.stringify(said)} ${size} ${version?.text ?? ""}\n`;
}
