import { concat } from "../../../src/bytes/concat.ts";
import type { Exchange } from "./state.ts";

/** A body, as far as it arrived. */
export interface ReceivedBody {
  readonly bytes: Uint8Array;
  /** Why it broke off, where it did. */
  readonly broken?: unknown;
  /** Whether it is longer than allowed; `bytes` is then its beginning. */
  readonly isTooLong: boolean;
  /** Whether it has another length than was announced. */
  readonly isOfWrongLength: boolean;
}

/** Reads a body. */
export async function readBody(
  { body, headers, signal, sentSize }: Exchange,
  limit: number = Infinity,
): Promise<ReceivedBody> {
  const length = headers.get("content-length");
  const announced = sentSize ?? (length === null ? undefined : Number(length));
  const nothing = new Uint8Array(0);
  if (announced !== undefined && announced > limit) {
    return { bytes: nothing, isTooLong: true, isOfWrongLength: false };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  let broken: unknown;
  let isTooLong = false;
  try {
    for await (const chunk of body ? untilStopped(body, signal) : []) {
      size += chunk.byteLength;
      isTooLong = size > limit;
      if (isTooLong) break;
      // Who sends may use its memory again for the next chunk.
      chunks.push(chunk.slice());
    }
  } catch (error) {
    broken = error ?? new Error("stopped");
  }
  return {
    bytes: concat(chunks),
    ...(broken === undefined ? {} : { broken }),
    isTooLong,
    isOfWrongLength: sentSize === undefined && !isTooLong &&
      broken === undefined &&
      announced !== undefined && announced !== size,
  };
}

/** The chunks of a body; a stop ends the wait for the next one. */
async function* untilStopped(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    while (true) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}
