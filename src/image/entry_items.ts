import { chunksOf } from "../bytes/byte_source.ts";
import { createSha256 } from "../bytes/sha256.ts";
import type { Digest } from "../spec/digest.ts";
import { abortedError } from "../spec/error.ts";
import { arrangeEntries } from "../tar/arrange.ts";
import type { ArrangeOptions } from "../tar/arrange_options.ts";
import type { ArrangedEntry, ArrangedFile } from "../tar/arranged_entry.ts";
import type { Entry } from "../tar/entry.ts";
import { isMarker } from "../tar/whiteouts.ts";
import type { ImageItem } from "./image_item.ts";

/** Options of {@linkcode entryItems}. */
export interface EntryItemsOptions extends ArrangeOptions {
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Is told of each file that is hashed, and of its bytes so far. */
  readonly onProgress?: (path: string, bytes: number) => void;
}

/** Memory that contents are read into. */
const SCRATCH_SIZE = 1 << 18;

/**
 * What a container would see of entries if a layer were made of them, ordered
 * as `ImageTree.walk` orders it, with the digest of every file: to be compared
 * with an image by `diffTrees`. Parents that come into being are there too.
 *
 * @throws {LayerError} Where no layer can be made of them, or a file cannot be
 * read.
 * @throws {ScratchbuildError} Code `ABORTED` when the signal ended the work.
 *
 * @example
 * ```ts
 * import { entryItems } from "@x/scratchbuild/core";
 *
 * const [item] = await entryItems([{ type: "file", path: "a", body: "x" }]);
 * console.log(item?.mode === 0o644, item?.digest);
 * ```
 */
export async function entryItems(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: EntryItemsOptions = {},
): Promise<ImageItem[]> {
  const arranged = await arrangeEntries(entries, options);
  const scratch = new Uint8Array(SCRATCH_SIZE);
  const files = new Map<string, ImageItem>();
  const items: ImageItem[] = [];
  for (const entry of arranged) {
    if (options.signal?.aborted) {
      throw abortedError("read the files", options.signal);
    }
    if (isMarker(entry.path)) continue;
    const item = entry.type === "hardlink"
      ? linkedItem(entry.path, files.get(entry.target))
      : itemOf(
        entry,
        entry.type === "file"
          ? await digestOf(entry, scratch, options)
          : undefined,
      );
    if (!item) continue;
    if (item.type === "file") files.set(item.path, item);
    items.push(item);
  }
  return items;
}

function linkedItem(
  path: string,
  file: ImageItem | undefined,
): ImageItem | undefined {
  return file && { ...file, path };
}

function itemOf(
  entry: Exclude<ArrangedEntry, { type: "hardlink" }>,
  digest: Digest | undefined,
): ImageItem {
  const { path, type, mode, uid, gid, mtime, xattrs } = entry;
  return {
    ...{ path, type, mode, uid, gid, mtime, xattrs },
    size: entry.type === "file" ? entry.body.size : 0,
    ...(entry.type === "symlink" && { target: entry.target }),
    ...("major" in entry && { major: entry.major, minor: entry.minor }),
    ...(digest && { digest }),
  };
}

async function digestOf(
  { path, body }: ArrangedFile,
  scratch: Uint8Array,
  { signal, onProgress }: EntryItemsOptions,
): Promise<Digest> {
  const hasher = createSha256();
  let bytes = 0;
  for await (const chunk of chunksOf(body, scratch)) {
    if (signal?.aborted) throw abortedError("read the files", signal);
    hasher.update(chunk);
    onProgress?.(path, bytes += chunk.byteLength);
  }
  return hasher.digest();
}
