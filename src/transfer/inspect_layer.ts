import type { ByteSource } from "../bytes/byte_source.ts";
import { layerEntries } from "../image/layer_entries.ts";
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
  let entries = 0;
  let whiteouts = 0;
  const biggest: LayerContents["biggest"][number][] = [];
  const onTar = ({ byteLength }: Uint8Array) =>
    void (unpackedSize += byteLength);
  for await (const { type, path, size } of layerEntries(layer, { onTar })) {
    entries++;
    const place = plainPath(path);
    if (isWhiteout(place)) whiteouts++;
    else if (type === "file" && top > 0) {
      insert(biggest, { path: place, size }, top);
    }
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
