import type { ByteSource } from "../bytes/byte_source.ts";
import type { Layer } from "../image/container_image.ts";
import {
  createLayer as createLayerInMemory,
  createLayerFromTar as createLayerFromTarInMemory,
  type LayerFromTarOptions,
  type LayerOptions,
} from "../image/create_layer.ts";
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
): Promise<Layer> {
  return createLayerInMemory(entries, withMachine(options));
}

/**
 * Makes a layer of a tar that exists already, byte for byte. The compressed
 * bytes are kept in a temporary file until the layer is disposed of or
 * forgotten.
 *
 * @param tar The tar, not compressed.
 * @throws {ScratchbuildError} Code `COMPRESSION` for a codec that does not
 * exist, code `LAYER` where the temporary directory does not take the bytes,
 * code `ABORTED` when the signal ended the work.
 */
export function createLayerFromTar(
  tar: Uint8Array | ReadableStream<Uint8Array> | ByteSource,
  options: LayerFromTarOptions = {},
): Promise<Layer> {
  return createLayerFromTarInMemory(tar, withMachine(options));
}

function withMachine<T extends LayerFromTarOptions>(options: T): T {
  return {
    spool: fileSpool,
    ...options,
    onProgress: collectingGarbage(options.onProgress),
  };
}
