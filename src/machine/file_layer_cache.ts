import { join } from "node:path";
import type { LayerCache, LayerRecord } from "../image/layer_cache.ts";
import { type Digest, isDigest } from "../spec/digest.ts";
import { cacheDirectory } from "./cache_directory.ts";
import { CacheFiles } from "./cache_files.ts";

/** Options of {@linkcode fileLayerCache}. */
export interface FileLayerCacheOptions {
  /**
   * Where the files are. The directory comes into being when it is needed.
   *
   * @default `layers` in the {@linkcode cacheDirectory}
   */
  readonly directory?: string;
  /**
   * The most that all files together may have, in bytes. What was not used for
   * longest is removed.
   *
   * @default {1 GiB}
   */
  readonly limit?: number;
}

const GIB = 1 << 30;
const BLOCK_KEY = /^[0-9a-f]{64}$/;

/**
 * A {@linkcode LayerCache} on the disk. Several processes may use it at the same
 * time; what is damaged counts as missing, and that nothing can be written there
 * is no error.
 *
 * @throws Where there is no home directory, and none is needed otherwise.
 *
 * @example
 * ```ts no-eval
 * import { createLayerFromPath, fileLayerCache } from "@x/scratchbuild";
 *
 * const cache = fileLayerCache();
 * const layer = await createLayerFromPath("dist", { prefix: "/app", cache });
 * console.log(layer.digest);
 * ```
 */
export function fileLayerCache(
  { directory = join(cacheDirectory(), "layers"), limit = GIB }:
    FileLayerCacheOptions = {},
): LayerCache {
  const files = new CacheFiles(directory);
  let shrunkAt: number | undefined;
  const save = (key: string, bytes: Uint8Array) => {
    // Of more than there is room for, the first would be gone when the last is
    // written, and the next time again.
    if (files.written + bytes.byteLength > limit / 2) return;
    files.save(key, bytes);
    if (shrunkAt !== undefined && files.written - shrunkAt < limit / 16) return;
    files.shrink(limit);
    shrunkAt = files.written;
  };
  return {
    blocks: { load: (key) => files.load(key), save },
    load(key) {
      const bytes = files.load(key);
      return bytes && parseRecord(new TextDecoder().decode(bytes));
    },
    save(key, record) {
      save(key, new TextEncoder().encode(JSON.stringify(record)));
    },
  };
}

/** A record, unless another version of this program wrote another one. */
function parseRecord(text: string): LayerRecord | undefined {
  const { diffId, tarSize, compressed } = parse(text) ?? {};
  if (!isDigestText(diffId) || !isLength(tarSize)) return undefined;
  if (compressed === undefined) return { diffId, tarSize };
  const { digest, size, blocks } = compressed;
  const isRight = isDigestText(digest) && isLength(size) &&
    Array.isArray(blocks) &&
    blocks.every((key) => BLOCK_KEY.test(key));
  return isRight
    ? { diffId, tarSize, compressed: { digest, size, blocks } }
    : { diffId, tarSize };
}

function parse(text: string): Partial<LayerRecord> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDigestText(value: unknown): value is Digest {
  return typeof value === "string" && isDigest(value);
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
