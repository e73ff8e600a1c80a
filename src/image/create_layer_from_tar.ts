import {
  type ByteSource,
  bytesSource,
  streamOf,
} from "../bytes/byte_source.ts";
import { rechunk } from "../bytes/rechunk.ts";
import { checkCompression } from "../compression/compress.ts";
import { abortedError } from "../spec/error.ts";
import { orAborted } from "../spec/or_aborted.ts";
import { arrangeInOrder } from "../tar/arrange_in_order.ts";
import { passTar } from "../tar/read/pass_tar.ts";
import type { TarEntry } from "../tar/read/tar_entry.ts";
import { BLOCK_SIZE, tarBlocks, tarSize } from "../tar/tar_blocks.ts";
import type { CreatedLayer } from "./container_image.ts";
import type { LayerOptions } from "./create_layer.ts";
import { makeLayer, makeLayerOnce } from "./make_layer.ts";
import type { SealOptions } from "./seal_layer.ts";
import { StreamKeeper } from "./stream_keeper.ts";
import { tarChunks, tarReadError } from "./tar_chunks.ts";
import { TarContents } from "./tar_contents.ts";
import { TarEntries } from "./tar_entries.ts";

/** Options of {@linkcode createLayerFromTar}. */
export interface TarLayerOptions extends LayerOptions {
  /**
   * Is told of every entry of the tar while it passes. The content can be read
   * until what this returns is settled; what it throws stops the work.
   */
  readonly onEntry?: (entry: TarEntry) => void | Promise<void>;
}

/**
 * Makes a layer of a tar that exists already, compressed (gzip, zstd) or not.
 *
 * It is taken byte for byte unless one of `prefix`, `owner`, `mtime`, `mode`,
 * `filter` and `map` is given; then its entries are written anew in the form
 * that layers have: every parent present, no path twice (the last one counts),
 * in the order of the tar. The owner and the time in the options win
 * over those in the tar, and an entry for the root is left out. Either way
 * nothing is unpacked to disk, a malformed tar is refused, and so are whiteouts
 * that are not said to be meant.
 *
 * What Docker and podman refuse or take for something else in a tar that is
 * taken byte for byte (a path twice, parents that are missing, a directory in
 * the place of a link below) is told to `onWarning`. There `onArranged` is
 * called when the layer has been packed, with entries whose content is not
 * there.
 *
 * @param tar The tar. A stream that is to be written anew is spooled first; of
 * everything else, what is written anew is read twice.
 * @throws {TarError} Where the tar is malformed.
 * @throws {LayerError} Where an entry cannot be in a layer.
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec that does not
 * exist, and where the compression of the tar is damaged; code `LAYER` where
 * the tar cannot be read or the spool does not take the bytes; code `ABORTED`
 * when the signal ended the work.
 */
export async function createLayerFromTar(
  tar: Uint8Array | ReadableStream<Uint8Array> | ByteSource,
  options: TarLayerOptions = {},
): Promise<CreatedLayer> {
  checkCompression(options);
  const { signal } = options;
  const source = tar instanceof Uint8Array ? bytesSource(tar) : tar;
  const kept = new StreamKeeper(options);
  try {
    if (!isWrittenAnew(options)) return await passed(source, options);
    const again = source instanceof ReadableStream
      ? await keepTar(source, kept)
      : source;
    return await writtenAnew(again, options, kept);
  } catch (error) {
    if (signal?.aborted) throw abortedError("build the layer", signal);
    throw error;
  } finally {
    await kept[Symbol.asyncDispose]();
  }
}

/** Keeps a stream that has to be read twice. */
async function keepTar(
  tar: ReadableStream<Uint8Array>,
  kept: StreamKeeper,
): Promise<ByteSource> {
  try {
    return await kept.keep(tar);
  } catch (error) {
    throw tarReadError(error);
  }
}

function isWrittenAnew(options: TarLayerOptions): boolean {
  const { prefix, owner, mtime, mode, filter, map } = options;
  return [prefix, owner, mtime, mode, filter, map]
    .some((option) => option !== undefined);
}

/** A layer of the very bytes of a tar. */
async function passed(
  tar: ByteSource | ReadableStream<Uint8Array>,
  options: TarLayerOptions,
): Promise<CreatedLayer> {
  const { whiteouts = false, signal, onEntry, onArranged } = options;
  const contents = new TarContents(whiteouts);
  const total = tar instanceof ReadableStream ? undefined : tar.size;
  let isCompressed = false;
  let isKnown = false;
  async function* chunks(isPeek: boolean) {
    const isAgain = isPeek || isKnown;
    const chunks = tarChunks(tar, {
      signal,
      onEncoding: (compressed) => isCompressed = compressed,
    });
    yield* passTar(chunks, async (entry) => {
      if (isAgain) return;
      contents.add(entry);
      await onEntry?.(entry);
    });
    isKnown = true;
  }
  const blocks = (isPeek = false) =>
    rechunk(streamOf(chunks(isPeek)), BLOCK_SIZE);
  const { onProgress, onWarning, ...rest } = options;
  const sealing: SealOptions = {
    ...rest,
    ...(onProgress && {
      onProgress: (bytes) =>
        onProgress(bytes, isCompressed ? undefined : total),
    }),
  };
  const layer = tar instanceof ReadableStream
    ? await makeLayerOnce(blocks(), sealing)
    : await makeLayer({ open: blocks, isLasting: true }, sealing);
  try {
    // Before `onArranged`, which may add the layer to those below.
    if (onWarning) await contents.warn(onWarning, options.lower);
    onArranged?.(contents.entries());
    return layer;
  } catch (error) {
    await layer[Symbol.asyncDispose]();
    throw error;
  }
}

/** A layer of the entries of a tar. */
async function writtenAnew(
  tar: ByteSource,
  options: TarLayerOptions,
  kept: StreamKeeper,
): Promise<CreatedLayer> {
  const { owner, mtime, signal, onEntry, onWarning } = options;
  const { onArranged, onProgress } = options;
  const entries = new TarEntries(tar, {
    signal,
    dropOwner: owner !== undefined,
    dropTime: mtime !== undefined,
    ...(onEntry && { onEntry }),
    ...(onWarning && { onWarning }),
  });
  try {
    const arranged = await orAborted(
      arrangeInOrder(entries, options, kept.keep),
      "build the layer",
      signal,
    );
    onArranged?.(arranged);
    return await makeLayer({
      open: () => tarBlocks(arranged),
      total: onProgress && tarSize(arranged),
      isLasting: false,
    }, options);
  } finally {
    await entries[Symbol.asyncDispose]();
  }
}
