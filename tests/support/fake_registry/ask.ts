import type { Fetch } from "../../../src/registry/http/transport.ts";
import { serve } from "./serve.ts";
import type { FakeRegistry } from "./fake_registry.ts";

/** What {@linkcode Ask} sends along. */
export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** Sends a request: the method, a space, and a URL or a path. */
export type Ask = (line: string, options?: AskOptions) => Promise<Response>;

/** Asks by a function. Redirects are answers. */
export function asker(fetch: Fetch, origin = "https://registry.test"): Ask {
  return (line, { headers, body, signal } = {}) => {
    const [method = "", target = ""] = line.split(" ");
    const isStream = body instanceof ReadableStream;
    const init = {
      ...{ method, headers, signal, redirect: "manual" as const },
      body: body instanceof Uint8Array ? new Blob([body.slice()]) : body,
      ...isStream ? { duplex: "half" } : {},
    };
    return fetch(new Request(new URL(target, origin), init));
  };
}

/** Runs a test with a registry as a function, and again over HTTP. */
export async function bothWays(
  make: () => FakeRegistry,
  use: (ask: Ask, registry: FakeRegistry, way: string) => Promise<void>,
): Promise<void> {
  const direct = make();
  await use(asker(direct.fetch), direct, "function");
  const served = make();
  const { host, close } = await serve(served);
  try {
    const ask = asker((request) => fetch(request), `http://${host}`);
    await use(ask, served, "http");
  } finally {
    await close();
  }
}
