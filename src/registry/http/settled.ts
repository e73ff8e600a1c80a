import { capped } from "./capped_body.ts";
import type { IdleWatchOptions } from "./idle_watch.ts";
import { type Answer, watchedBody } from "./watched_body.ts";

/**
 * Reads what a refusal says, up to 64 KiB, so that who tells of it need not
 * fear that it never ends. A connection that breaks has told the status, which
 * is what counts.
 *
 * @returns The same answer with a body that is in memory; any that is no
 * refusal as it is.
 * @throws {ScratchbuildError} Code `ABORTED` where the signal stopped it.
 */
export async function settled(
  answer: Answer,
  watching: IdleWatchOptions,
): Promise<Response> {
  const { status, statusText, headers, body } = answer.response;
  if (status < 400 || status > 599 || body === null) return answer.response;
  const chunks = untilBroken(watchedBody(answer, watching), watching.signal);
  return new Response(await capped(chunks), { status, statusText, headers });
}

/** Ends where the connection breaks, instead of failing. */
async function* untilBroken(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    if (signal?.aborted) throw error;
  }
}
