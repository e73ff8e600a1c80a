import { gzipSync } from "node:zlib";
import { iterateStream, streamOf } from "../../../src/bytes/byte_source.ts";
import type { Clock } from "../../../src/registry/http/clock.ts";
import { LOOP, WRONG_DIGEST } from "./answer.ts";
import type { Fault } from "./fault.ts";
import type { Exchange, State } from "./state.ts";

/** Answers a request that something goes wrong with. */
export async function applyFault(
  state: State,
  fault: Fault,
  exchange: Exchange,
  next: (exchange: Exchange) => Promise<Response>,
): Promise<Response> {
  const { body, signal } = exchange;
  switch (fault.kind) {
    case "status": {
      const { status, headers, stored } = fault;
      if (stored) await discard(await next(exchange));
      else await body?.cancel();
      const isEmpty = exchange.method === "HEAD" || status === 204 ||
        status === 304;
      const text = isEmpty ? null : fault.body ?? "";
      return new Response(text, { status, headers });
    }
    case "reset":
      if (fault.when === "during" && body) {
        const left = streamOf(beginning(body, fault.bytes ?? 1, true));
        await discard(await next({ ...exchange, body: left }));
      } else if (fault.when === "after") {
        await discard(await next(exchange));
      }
      throw resetError();
    case "shortWrite": {
      if (!body) return await next(exchange);
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      const left = streamOf([bytes.subarray(0, fault.bytes)]);
      const sentSize = bytes.byteLength;
      return await next({ ...exchange, body: left, sentSize });
    }
    case "stall":
      if (fault.where === "body") {
        const response = await next(exchange);
        return remade(response, (bytes) => halfOf(bytes, signal));
      }
      if (fault.where === "answer") await discard(await next(exchange));
      return await forever(signal);
    case "redirectLoop":
      await body?.cancel();
      return new Response(null, { status: 307, headers: { location: LOOP } });
    case "expireTokens":
      state.tokens.clear();
      return await next(exchange);
    case "gzip":
      return await encoded(await next(exchange), fault.how ?? "compressed");
    default:
      return altered(await next(exchange), fault, state.clock, signal);
  }
}

/** What a runtime's `fetch` fails with where the connection is reset. */
export function resetError(): TypeError {
  const cause = Object.assign(new Error("read ECONNRESET"), {
    code: "ECONNRESET",
  });
  return new TypeError("fetch failed", { cause });
}

/** Whether an error is a {@linkcode resetError}. */
export function isReset(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause &&
    cause.code === "ECONNRESET";
}

type AnswerFault = Extract<
  Fault,
  | { kind: "trickle" | "wrongDigest" | "corrupt" | "location" | "truncate" }
  | { kind: "overlong" }
>;

function altered(
  response: Response,
  fault: AnswerFault,
  clock: Clock,
  signal: AbortSignal,
): Response {
  const { headers } = response;
  switch (fault.kind) {
    case "wrongDigest":
      headers.set("docker-content-digest", WRONG_DIGEST);
      return response;
    case "location":
      if (fault.location === null) headers.delete("location");
      else headers.set("location", fault.location);
      return response;
    case "corrupt":
      return remade(response, async function* (body) {
        let isFirst = true;
        for await (const chunk of iterateStream(body)) {
          const copy = chunk.slice();
          if (isFirst && copy.length > 0) copy[0] = (copy[0] ?? 0) ^ 255;
          isFirst = false;
          yield copy;
        }
      });
    case "trickle":
      return remade(response, async function* (body) {
        for await (const chunk of iterateStream(body)) {
          for (const byte of chunk) {
            await clock.sleep(fault.interval, signal);
            yield Uint8Array.of(byte);
          }
        }
      });
    case "truncate":
      if (fault.quietly) headers.delete("content-length");
      return remade(response, async function* (body) {
        yield* beginning(body, fault.bytes, !fault.quietly);
      });
    case "overlong":
      headers.delete("content-length");
      return remade(response, async function* (body) {
        yield* iterateStream(body);
        yield new Uint8Array(fault.bytes);
      });
  }
}

/** The same answer with another body, where it has one. */
function remade(
  response: Response,
  change: (
    body: ReadableStream<Uint8Array>,
  ) => AsyncIterable<Uint8Array>,
): Response {
  const { status, headers, body } = response;
  return body
    ? new Response(streamOf(change(body)), { status, headers })
    : response;
}

/** The first bytes of a body, and then a reset or, unless that, its end. */
async function* beginning(
  body: ReadableStream<Uint8Array>,
  bytes: number,
  isReset: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = bytes;
  for await (const chunk of iterateStream(body)) {
    if (left > 0) yield chunk.subarray(0, left);
    left -= chunk.byteLength;
    if (left <= 0 && isReset) break;
  }
  if (isReset) throw resetError();
}

async function* halfOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new Uint8Array(await new Response(body).arrayBuffer());
  yield bytes.subarray(0, Math.ceil(bytes.byteLength / 2));
  await forever(signal);
}

async function encoded(
  response: Response,
  how: "compressed" | "mislabelled",
): Promise<Response> {
  const { status, body } = response;
  if (!body) return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const wire = how === "compressed" ? gzipSync(bytes) : bytes;
  const headers = new Headers(response.headers);
  headers.set("content-encoding", "gzip");
  headers.set("content-length", String(wire.byteLength));
  return new Response(new Uint8Array(wire), { status, headers });
}

function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

async function discard({ body }: Response): Promise<void> {
  await body?.cancel();
}
