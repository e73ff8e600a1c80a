import { chunksOf } from "../bytes/byte_source.ts";
import { decoded, sniff } from "../compression/decompress/decompress.ts";
import { readTar } from "../tar/read/read_tar.ts";
import type { TarEntry } from "../tar/read/tar_entry.ts";
import type { Layer } from "./container_image.ts";

/**
 * Reads what a layer holds, entry by entry, as a stream: nothing is stored.
 * What follows the end of the tar is not read.
 *
 * @throws {TarError} Where its bytes are no tar.
 * @throws {ScratchbuildError} Code `COMPRESSION` where they cannot be
 * decompressed; what its source fails with.
 */
export async function* layerEntries(
  layer: Pick<Layer, "size" | "stream" | "chunks">,
): AsyncGenerator<TarEntry, void, undefined> {
  yield* readTar(decoded(await sniff(bytesOf(layer))));
}

async function* bytesOf(
  layer: Pick<Layer, "size" | "stream" | "chunks">,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunksOf(layer);
}
