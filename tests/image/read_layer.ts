import { Buffer } from "node:buffer";
import { iterateStream } from "../../src/bytes/byte_source.ts";
import { decompress } from "../../src/compression/decompress/decompress.ts";
import type { Layer } from "../../src/image/container_image.ts";
import { readTar } from "../../src/tar/read/read_tar.ts";
import type { TarHeader } from "../../src/tar/read/tar_entry.ts";

/** What an entry of a layer says, and its content, also as text. */
export interface LayerEntry extends TarHeader {
  readonly bytes: Uint8Array;
  readonly content: string;
}

/** Reads all entries of a layer. */
export async function readLayer(layer: Layer): Promise<LayerEntry[]> {
  const found: LayerEntry[] = [];
  const tar = iterateStream(decompress(layer.stream()));
  for await (const { body, ...header } of readTar(tar)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk.slice());
    const bytes = Buffer.concat(chunks);
    found.push({ ...header, bytes, content: bytes.toString() });
  }
  return found;
}
