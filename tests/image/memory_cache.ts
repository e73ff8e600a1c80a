import type { LayerCache, LayerRecord } from "../../src/image/layer_cache.ts";

/** A cache in memory, with what it holds and what was asked for. */
export interface MemoryCache extends LayerCache {
  readonly records: Map<string, LayerRecord>;
  readonly kept: Map<string, Uint8Array>;
  /** Blocks that were asked for and not there, so far. */
  readonly misses: () => number;
}

/** An empty {@linkcode LayerCache}. */
export function memoryCache(): MemoryCache {
  const records = new Map<string, LayerRecord>();
  const kept = new Map<string, Uint8Array>();
  let misses = 0;
  return {
    records,
    kept,
    misses: () => misses,
    blocks: {
      load(key) {
        const bytes = kept.get(key);
        if (!bytes) misses++;
        return bytes;
      },
      save: (key, bytes) => void kept.set(key, bytes.slice()),
    },
    load: (key) => records.get(key),
    save: (key, record) => void records.set(key, record),
  };
}
