import { builtinModule } from "../../bytes/builtin_module.ts";
import { nodeDecoder, type NodeTransform } from "./node_decoder.ts";
import { nodeGunzip } from "./node_gunzip.ts";
import { gunzip, unzstd } from "./portable_decoders.ts";
import { frameByFrame } from "./zstd_frames.ts";

/**
 * Undoes one kind of compression.
 *
 * @throws Anything, on the way, where the bytes are cut off or damaged.
 */
export type Decoder = (
  chunks: AsyncIterable<Uint8Array>,
) => AsyncIterable<Uint8Array>;

/** What is used of `node:zlib`. */
export interface Zlib {
  createGunzip?(): NodeTransform;
  /** Not there before Node 22.15. */
  createZstdDecompress?(): NodeTransform;
}

/**
 * The fastest decoder that the runtime has.
 *
 * @param zlib The runtime's own, where it has one.
 */
export function decoderFor(
  encoding: "gzip" | "zstd",
  zlib: Zlib = builtinModule<Zlib>("node:zlib") ?? {},
): Decoder {
  if (encoding === "gzip") {
    const create = zlib.createGunzip;
    return create ? nodeGunzip(() => create.call(zlib)) : gunzip;
  }
  const create = zlib.createZstdDecompress;
  return frameByFrame(
    create ? nodeDecoder(() => create.call(zlib)) : unzstd,
  );
}
