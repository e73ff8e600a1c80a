import { ChunkFeed } from "./chunk_feed.ts";
import { readTar } from "./read_tar.ts";
import type { TarEntry } from "./tar_entry.ts";

/**
 * Passes a tar on as it is, and reads it on the way: a chunk is passed on when
 * all that is in it has been read. What follows the end of the tar is passed
 * on, too.
 *
 * @param tar The tar, not compressed, in chunks of any size.
 * @param onEntry Is told of every entry. The tar is held up until what it
 * returns is settled; what it leaves of the content is passed over.
 * @throws {TarError} Where the tar is malformed; what `onEntry` throws.
 */
export async function* passTar(
  tar: AsyncIterable<Uint8Array>,
  onEntry: (entry: TarEntry) => void | Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const feed = new ChunkFeed();
  const reading = read(feed, onEntry);
  // What it throws is thrown below, where there is somebody to tell.
  reading.catch(() => {});
  try {
    for await (const chunk of tar) {
      await feed.give(chunk);
      if (feed.isClosed) await reading;
      yield chunk;
    }
    await feed.end();
    await reading;
  } finally {
    // Where the tar is left or fails in the middle, nobody reads on, either.
    feed.fail(new Error("The tar is not read to its end"));
    await reading.catch(() => {});
  }
}

async function read(
  feed: ChunkFeed,
  onEntry: (entry: TarEntry) => void | Promise<void>,
): Promise<void> {
  for await (const entry of readTar(feed)) await onEntry(entry);
}
