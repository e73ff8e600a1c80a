import { ByteReader } from "../../bytes/byte_reader.ts";
import type { Decoder } from "./decoder.ts";

/**
 * Most bytes that a decoder has to look back, 128 MiB: what `zstd` itself takes
 * unless it is told otherwise. It is memory that a decoder allots.
 */
const MAX_WINDOW = 1 << 27;
const MAX_BLOCK = 1 << 17;

/**
 * Makes a decoder of whole zstd streams out of one for single frames. Those of
 * Node and Deno end without a sound behind the first frame, those of Deno and
 * Bun where a frame is cut off.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1}
 */
export function frameByFrame(decodeFrame: Decoder): Decoder {
  return async function* (chunks) {
    const bytes = new ByteReader(chunks);
    try {
      while (true) {
        const magic = await bytes.take(4);
        if (magic.byteLength === 0) return;
        if (isSkippable(magic)) {
          await skip(bytes);
          continue;
        }
        const frame = readFrame(magic, bytes);
        yield* decodeFrame(frame);
        // A decoder may know the end before it has been given all of it.
        for await (const _ of frame);
      }
    } finally {
      await bytes.end();
    }
  };
}

function isSkippable(magic: Uint8Array): boolean {
  return (magic[0] ?? 0) >> 4 === 5 && magic[1] === 0x2a &&
    magic[2] === 0x4d && magic[3] === 0x18;
}

async function skip(bytes: ByteReader): Promise<void> {
  for (let left = littleEndian(await whole(bytes, 4)); left > 0;) {
    const part = await bytes.some(left);
    if (part.byteLength === 0) throw cutOff();
    left -= part.byteLength;
  }
}

/** The bytes of one frame, its magic number included. */
async function* readFrame(
  magic: Uint8Array,
  bytes: ByteReader,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (magic.join() !== "40,181,47,253") {
    throw new Error("there is no zstd frame");
  }
  yield magic;
  const [descriptor = 0] = await whole(bytes, 1);
  const contentFlag = descriptor >> 6;
  const isSingle = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 4) !== 0;
  const dictionarySize = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isSingle ? 1 : 0, 2, 4, 8][contentFlag] ?? 0;
  const windowSize = isSingle ? 0 : 1;
  const rest = await whole(bytes, windowSize + dictionarySize + contentSize);
  const dictionary = rest.subarray(windowSize, windowSize + dictionarySize);
  if (dictionary.some((byte) => byte > 0)) {
    throw new Error("it was compressed with a dictionary");
  }
  const window = isSingle
    ? littleEndian(rest.subarray(dictionarySize)) +
      (contentFlag === 1 ? 256 : 0)
    : windowOf(rest[0] ?? 0);
  if (window > MAX_WINDOW) throw new Error("it needs too much memory");
  yield new Uint8Array([descriptor, ...rest]);
  for (let isLast = false; !isLast;) {
    const header = await whole(bytes, 3);
    const value = littleEndian(header);
    const size = value >> 3;
    if (size > MAX_BLOCK) throw new Error("a block is too large");
    isLast = (value & 1) === 1;
    yield header;
    // A block of one byte over and over again holds it once.
    const stored = (value >> 1 & 3) === 1 ? 1 : size;
    if (stored > 0) yield await whole(bytes, stored);
  }
  if (hasChecksum) yield await whole(bytes, 4);
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + base / 8 * (descriptor & 7);
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

async function whole(bytes: ByteReader, length: number): Promise<Uint8Array> {
  const part = await bytes.take(length);
  if (part.byteLength < length) throw cutOff();
  return part;
}

function cutOff(): Error {
  return new Error("it is cut off");
}
