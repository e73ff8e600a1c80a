import type { ByteSource } from "../bytes/byte_source.ts";
import type { CreatedLayer } from "../image/container_image.ts";
import {
  createLayer as createLayerInMemory,
  type LayerOptions,
} from "../image/create_layer.ts";
import {
  createLayerFromTar as createLayerFromTarInMemory,
  type TarLayerOptions,
} from "../image/create_layer_from_tar.ts";
import type { Entry } from "../tar/entry.ts";
import { collectingGarbage } from "./collect_garbage.ts";
import { fileSpool } from "./file_spool.ts";

/**
 * Makes a layer of entries: brings them into order, packs them as a tar,
 * compresses it and computes all digests, in one pass over the content. The
 * compressed bytes are kept in a temporary file until the layer is disposed of
 * or forgotten.
 *
 * @throws {LayerError} Where an entry cannot be packed.
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec that does not
 * exist, code `LAYER` where the temporary directory does not take the bytes,
 * code `ABORTED` when the signal ended the work.
 *
 * @example
 * ```ts
 * import { createLayer } from "@x/scratchbuild";
 *
 * const layer = await createLayer([
 *   { type: "file", path: "index.html", body: new Blob(["<h1>hello</h1>"]) },
 * ], { prefix: "/srv" });
 * console.log(layer.digest);
 * ```
 */
export function createLayer(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: LayerOptions = {},
): Promise<CreatedLayer> {
  return createLayerInMemory(entries, withMachine(options));
}

/**
 * Makes a layer of a tar that exists already, compressed (gzip, zstd) or not.
 * The compressed bytes are kept in a temporary file until the layer is disposed
 * of or forgotten.
 *
 * It is taken byte for byte unless one of `prefix`, `owner`, `mtime`, `mode`,
 * `filter` and `map` is given; then its entries are written anew in
 * the form that layers have: every parent present, no path twice (the last one
 * counts), in the order of the tar. The owner and the time in the options win
 * over those in the tar, and an entry for the root is left out. Either way
 * nothing is unpacked to disk, a malformed tar is refused, and so are whiteouts
 * that are not said to be meant.
 *
 * What Docker and podman refuse or take for something else in a tar that is
 * taken byte for byte (a path twice, parents that are missing, a directory in
 * the place of a link below) is told to `onWarning`. There `onArranged` is called when the layer has been packed, with
 * entries whose content is not there.
 *
 * @param tar The tar. A stream that is to be written anew is spooled first; of
 * everything else, what is written anew is read twice.
 * @throws {TarError} Where the tar is malformed.
 * @throws {LayerError} Where an entry cannot be in a layer.
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec that does not
 * exist, and where the compression of the tar is damaged; code `LAYER` where
 * the tar cannot be read or the temporary directory does not take the bytes;
 * code `ABORTED` when the signal ended the work.
 *
 * @example
 * ```ts
 * import { createLayerFromTar } from "@x/scratchbuild";
 *
 * const tar = new Uint8Array(1024); // an empty one
 * const layer = await createLayerFromTar(tar);
 * console.log(layer.tarSize);
 * ```
 */
export function createLayerFromTar(
  tar: Uint8Array | ReadableStream<Uint8Array> | ByteSource,
  options: TarLayerOptions = {},
): Promise<CreatedLayer> {
  return createLayerFromTarInMemory(tar, withMachine(options));
}

function withMachine<T extends LayerOptions>(options: T): T {
  return {
    spool: fileSpool,
    ...options,
    onProgress: collectingGarbage(options.onProgress),
  };
}
