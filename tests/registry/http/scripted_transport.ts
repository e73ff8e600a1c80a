import {
  type Answer,
  type RetryEvent,
  Transport,
  type TransportOptions,
  type TransportRequest,
} from "../../../src/registry/http/transport.ts";
import { fetchUpload } from "../../../src/registry/http/upload.ts";
import { type FakeClock, fakeClock } from "../../support/fake_clock.ts";

/** What a server does with a request: answers, or breaks the connection. */
export type Step = (request: Request) => Response | Promise<Response>;

/** A transport, and what was seen of it. */
export interface ScriptedTransport {
  readonly transport: Transport;
  readonly clock: FakeClock;
  /** `METHOD URL` of each request. */
  readonly sent: string[];
  readonly retries: RetryEvent[];
  /** Sends `GET https://a.test/1`, unless told. */
  send(request?: Partial<TransportRequest>): Promise<Answer>;
}

/**
 * A transport to a server that takes the steps one after the other and then
 * stays with the last one. Waits take their whole length, without jitter.
 */
export function scriptedTransport(
  steps: readonly Step[],
  options: Partial<TransportOptions> & { clock?: FakeClock } = {},
): ScriptedTransport {
  const { clock = fakeClock() } = options;
  const sent: string[] = [];
  const retries: RetryEvent[] = [];
  const fetch = async (request: Request) => {
    const step = steps[Math.min(sent.length, steps.length - 1)];
    sent.push(`${request.method} ${request.url}`);
    return await step?.(request) ?? new Response();
  };
  const transport = new Transport({
    fetch,
    upload: fetchUpload(fetch),
    random: () => 1,
    onRetry: (retry) => retries.push(retry),
    ...options,
    clock,
  });
  return {
    transport,
    clock,
    sent,
    retries,
    send: (request) =>
      transport.send({
        method: "GET",
        url: new URL("https://a.test/1"),
        ...request,
      }),
  };
}

/** Answers with a status. */
export function status(
  code: number,
  headers: Record<string, string> = {},
): Step {
  return () => new Response(`status ${code}`, { status: code, headers });
}

/** Breaks the connection the way the runtimes do. */
export function breaks(code: string, message = code): Step {
  const inner = Object.assign(new Error(message), { code });
  return () => Promise.reject(new TypeError("fetch failed", { cause: inner }));
}
