import { checkCompression } from "../compression/compress.ts";
import { abortedError } from "../spec/error.ts";
import { orAborted } from "../spec/or_aborted.ts";
import { arrangeEntries } from "../tar/arrange.ts";
import type { ArrangeOptions } from "../tar/arrange_options.ts";
import type { ArrangedEntry } from "../tar/arranged_entry.ts";
import type { Entry } from "../tar/entry.ts";
import { tarBlocks, tarSize } from "../tar/tar_blocks.ts";
import type { CreatedLayer } from "./container_image.ts";
import { layerKey } from "./layer_key.ts";
import { makeLayer } from "./make_layer.ts";
import type { SealOptions } from "./seal_layer.ts";
import { StreamKeeper } from "./stream_keeper.ts";

/** Options of {@linkcode createLayer}. */
export interface LayerOptions extends SealOptions, ArrangeOptions {
  /**
   * Is told what the layer holds, in its order, before it is packed. Given to
   * `LowerLayers.add`, the next layer knows what lies below it.
   */
  readonly onArranged?: (entries: readonly ArrangedEntry[]) => void;
}

/**
 * Makes a layer of entries: brings them into order, packs them as a tar,
 * compresses it and computes all digests, in one pass over the content. Bodies
 * that are streams are read when their entry comes, and kept in `spool` until
 * the layer is complete.
 *
 * @throws {LayerError} Where an entry cannot be packed.
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec that does not
 * exist, code `LAYER` where the spool does not take the bytes, code `ABORTED`
 * when the signal ended the work.
 *
 * @example
 * ```ts
 * import { createLayer } from "@x/scratchbuild/core";
 *
 * const layer = await createLayer([
 *   { type: "file", path: "index.html", body: "<h1>hello</h1>" },
 *   { type: "symlink", path: "home.html", target: "index.html" },
 * ], { prefix: "/srv" });
 * console.log(layer.diffId);
 * ```
 */
export async function createLayer(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: LayerOptions = {},
): Promise<CreatedLayer> {
  checkCompression(options);
  const { signal, cache, onProgress, onArranged } = options;
  const kept = new StreamKeeper(options);
  try {
    const arranged = await orAborted(
      arrangeEntries(until(entries, signal), options, kept.keep),
      "build the layer",
      signal,
    );
    onArranged?.(arranged);
    return await makeLayer({
      open: () => tarBlocks(arranged),
      total: onProgress && tarSize(arranged),
      key: cache && layerKey(arranged, options),
      isLasting: kept.isEmpty,
    }, options);
  } catch (error) {
    if (signal?.aborted) throw abortedError("build the layer", signal);
    throw error;
  } finally {
    await kept[Symbol.asyncDispose]();
  }
}

/** Entries, as long as the signal lets the work go on. */
async function* until(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    if (signal?.aborted) throw abortedError("build the layer", signal);
    yield entry;
  }
}
