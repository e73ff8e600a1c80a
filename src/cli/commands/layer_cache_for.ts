import { join } from "node:path";
import type { LayerCache } from "../../image/layer_cache.ts";
import { cacheDirectory } from "../../machine/cache_directory.ts";
import { fileLayerCache } from "../../machine/file_layer_cache.ts";
import type { CliContext } from "../context.ts";
import type { ReuseFlags } from "../flags/reuse_flags.ts";

/**
 * The layers and blocks that were made before.
 *
 * @returns Nothing where they are not wanted, or there is no place for them: who
 * has no home directory has no cache either, and needs none.
 */
export function layerCacheFor(
  flags: ReuseFlags,
  { process: { env } }: CliContext,
): LayerCache | undefined {
  if (flags["no-cache"]) return undefined;
  try {
    return fileLayerCache({
      directory: join(cacheDirectory({ env }), "layers"),
    });
  } catch {
    return undefined;
  }
}
