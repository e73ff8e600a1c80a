import { Gunzip } from "fflate";
import { Decompress } from "fzstd";
import { GzipMembers } from "./gzip_members.ts";
import { pieces, pushed } from "./push_decoder.ts";

/** Zeros that are given to the decoder at once. */
const ZEROS = new Uint8Array(1 << 12);

/**
 * Most zeros that the end of a member can have, but for contrived ones: those
 * of an empty one.
 */
const MAX_ZEROS = 9;

/**
 * gzip where there is no `node:zlib`. The decoder does not look at checksums,
 * and takes zeros behind the last member for a damaged one, so both is seen to
 * here.
 */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const members = new GzipMembers();
  yield* pushed(withoutPadding(chunks, members), (take) => {
    const decoder = new Gunzip((chunk) => {
      members.add(chunk);
      take(chunk);
    });
    decoder.onmember = (offset) => members.next(offset);
    return decoder;
  });
  if (!members.isComplete()) {
    throw new Error("the checksum at the end is not that of the content");
  }
}

/** Holds zeros back until something follows, or the last member needs them. */
async function* withoutPadding(
  chunks: AsyncIterable<Uint8Array>,
  members: GzipMembers,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held = 0;
  for await (const piece of pieces(chunks)) {
    const end = piece.findLastIndex((byte) => byte !== 0) + 1;
    if (end > 0) {
      for (; held > 0; held -= Math.min(held, ZEROS.byteLength)) {
        yield members.take(ZEROS.slice(0, held));
      }
      yield members.take(piece.subarray(0, end));
    }
    held += piece.byteLength - end;
  }
  for (let zeros = 0; zeros < Math.min(held, MAX_ZEROS); zeros++) {
    if (members.isComplete()) return;
    yield members.take(new Uint8Array(1));
  }
}

/** One frame of zstd, where there is no `node:zlib` that knows it. */
export function unzstd(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  return pushed(pieces(chunks), (take) => new Decompress(take));
}
