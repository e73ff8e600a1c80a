import type { Decoder } from "./decoder.ts";
import { nodeDecoder, type NodeTransform } from "./node_decoder.ts";

/**
 * gzip by a stream of `node:zlib`. That ends without a sound where a zero is in
 * the place of the next member, so what follows is looked at here: it must be
 * nothing but zeros.
 */
export function nodeGunzip(create: () => NodeTransform): Decoder {
  return async function* (chunks) {
    let length = 0;
    /** Offset behind the last byte that is not zero. */
    let end = 0;
    async function* watched() {
      for await (const chunk of chunks) {
        const last = chunk.findLastIndex((byte) => byte !== 0);
        if (last >= 0) end = length + last + 1;
        length += chunk.byteLength;
        yield chunk;
      }
    }
    let decoded = 0;
    yield* nodeDecoder(create, (bytes) => decoded = bytes)(watched());
    if (decoded < end) throw new Error("there is something behind its end");
  };
}
