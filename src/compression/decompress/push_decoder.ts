/**
 * Most bytes that are decoded at once: what comes out of them is held in memory
 * and may be a thousand times as much.
 */
const PIECE = 1 << 12;

/** A decoder that is given its input piece by piece. */
export interface PushDecoder {
  /** Decodes some bytes; before it returns, the result has been given out. */
  push(piece: Uint8Array, isLast: boolean): void;
}

/** Cuts chunks into pieces that may be decoded at once. They are copies. */
export async function* pieces(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.byteLength; start += PIECE) {
      yield new Uint8Array(chunk.subarray(start, start + PIECE));
    }
  }
}

/**
 * Decodes pieces.
 *
 * @param create Makes the decoder, which gives out what it decodes by `take`.
 */
export async function* pushed(
  input: AsyncIterable<Uint8Array>,
  create: (take: (chunk: Uint8Array) => void) => PushDecoder,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out: Uint8Array[] = [];
  const decoder = create((chunk) => {
    if (chunk.byteLength > 0) out.push(chunk);
  });
  for await (const piece of input) {
    decoder.push(piece, false);
    yield* out.splice(0);
  }
  decoder.push(new Uint8Array(), true);
  yield* out.splice(0);
}
