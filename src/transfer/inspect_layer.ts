import { type ByteSource, iterateStream } from "../bytes/byte_source.ts";
import { decompress } from "../compression/decompress/decompress.ts";
import { readTar } from "../tar/read/read_tar.ts";
import type { InspectedLayer, LayerContents } from "./inspect_report.ts";

/** What is known of a layer when it was read. */
export type ReadLayer = Required<
  Pick<InspectedLayer, "unpackedSize" | "contents">
>;

/**
 * Reads a layer to its end, as a stream.
 *
 * @param top How many of its biggest files are told of.
 * @throws {TarError} Where its bytes are no tar.
 * @throws {ScratchbuildError} Code `COMPRESSION` where they cannot be
 * decompressed; what its source fails with.
 */
export async function inspectLayer(
  layer: ByteSource,
  top: number,
): Promise<ReadLayer> {
  let unpackedSize = 0;
  const chunks = iterateStream(decompress(layer.stream()))
    [Symbol.asyncIterator]();
  // Has no `return`, so that the reader of the tar does not end it: the end of
  // the bytes is still to be checked.
  const counted: AsyncIterableIterator<Uint8Array> = {
    async next() {
      const result = await chunks.next();
      if (!result.done) unpackedSize += result.value.byteLength;
      return result;
    },
    [Symbol.asyncIterator]: () => counted,
  };
  let entries = 0;
  let whiteouts = 0;
  const biggest: LayerContents["biggest"][number][] = [];
  try {
    for await (const { type, path, size } of readTar(counted)) {
      entries++;
      const place = plainPath(path);
      if (isWhiteout(place)) whiteouts++;
      else if (type === "file" && top > 0) {
        insert(biggest, { path: place, size }, top);
      }
    }
    while (!(await counted.next()).done);
  } finally {
    await chunks.return?.();
  }
  return { unpackedSize, contents: { entries, whiteouts, biggest } };
}

/** Keeps the biggest, the biggest first; of equal ones the earlier. */
function insert(
  biggest: LayerContents["biggest"][number][],
  file: LayerContents["biggest"][number],
  top: number,
): void {
  const last = biggest.at(-1);
  if (biggest.length === top && last && last.size >= file.size) return;
  const after = biggest.findIndex(({ size }) => size < file.size);
  biggest.splice(after < 0 ? biggest.length : after, 0, file);
  if (biggest.length > top) biggest.pop();
}

/** A path without what only some programs write before it. */
function plainPath(path: string): string {
  return path.replace(/^(?:\.?\/+)+/, "").replace(/\/+$/, "");
}

function isWhiteout(path: string): boolean {
  return path.startsWith(".wh.", path.lastIndexOf("/") + 1);
}
