import type { IncomingMessage } from "node:http";
import { concat } from "../../bytes/concat.ts";
import { BODY_LIMIT } from "../../registry/http/capped_body.ts";
import type { Exchanged } from "./exchange.ts";

/** Statuses that the constructor of `Response` takes no body with. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * An answer as a `Response`. Its body has the bytes that came, not decoded, and
 * no more of them is read than its reader takes.
 *
 * @param hasBody Whether the method is one that has a body in its answer.
 */
export function streamedResponse(
  { incoming, release }: Exchanged,
  hasBody: boolean,
  signal: AbortSignal | undefined,
): Response {
  const status = incoming.statusCode ?? 0;
  if (!hasBody || WITHOUT_BODY.has(status)) {
    incoming.resume();
    return new Response(null, { status, headers: headersOf(incoming) });
  }
  // What breaks while nobody reads is told to the one who reads next.
  incoming.on("error", () => {});
  const chunks = incoming[Symbol.asyncIterator]();
  let isRead = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      isRead = true;
      try {
        const { done, value } = await chunks.next();
        if (done) return controller.close();
        controller.enqueue(collectable(bytesOf(value)));
      } catch (error) {
        controller.error(signal?.aborted ? signal.reason : error);
      }
    },
    cancel() {
      // A short answer has come whole, so that the connection is still good.
      if (!isRead && incoming.complete) incoming.resume();
      else incoming.destroy();
    },
  }, { highWaterMark: 0 });
  try {
    return new Response(body, { status, headers: headersOf(incoming) });
  } catch (error) {
    release();
    throw error;
  }
}

/** An answer to an upload as a `Response`: its body is read, up to a limit. */
export async function wholeResponse(
  { incoming, release }: Exchanged,
): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= BODY_LIMIT) break;
    }
  } catch {
    // Who answers early may close early; the status has come, and counts.
  } finally {
    release();
  }
  const status = incoming.statusCode ?? 0;
  const bytes = concat(chunks).subarray(0, BODY_LIMIT);
  const body = WITHOUT_BODY.has(status) ? null : bytesOf(bytes);
  return new Response(body, { status, headers: headersOf(incoming) });
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    // Nothing here keeps cookies.
    if (name.toLowerCase() === "set-cookie") continue;
    headers.append(name, rawHeaders[i + 1] ?? "");
  }
  return headers;
}

/** The same bytes, without what a `Buffer` does otherwise. */
function bytesOf(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = chunk;
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/**
 * On Deno a copy, whose memory its engine counts and soon frees, and that of the
 * chunk with it. Left alone, it lets hundreds of megabytes of chunks pile up.
 */
function collectable(
  chunk: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return "Deno" in globalThis ? chunk.slice() : chunk;
}
