import { IdleWatch, type IdleWatchOptions } from "./idle_watch.ts";
import { requestError } from "./request_error.ts";

/** A response, and the URL that gave it when all redirects were followed. */
export interface Answer {
  /** The response. Its body is to be read or discarded. */
  readonly response: Response;
  /** Where it comes from. Relative URLs in it refer to this one. */
  readonly url: URL;
}

/**
 * Reads the body of an answer as it comes. The idle time-out does not run while
 * the reader is busy with a chunk.
 *
 * @throws {ScratchbuildError} Code `NETWORK` where the body is cut short, or
 * stops coming; code `ABORTED` where the signal stopped the reading.
 */
export async function* watchedBody(
  { response, url }: Answer,
  watching: IdleWatchOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const watch = new IdleWatch(watching);
  let isOver = false;
  try {
    while (true) {
      const { done, value } = await watch.race(reader.read());
      isOver = done;
      if (done) return;
      watch.touch(Infinity);
      yield value;
      watch.touch();
    }
  } catch (error) {
    throw requestError(url, watching.signal, error);
  } finally {
    watch.end();
    // Not waited for: of a dead connection nothing comes any more.
    if (!isOver) reader.cancel().catch(() => {});
  }
}
