import type { LookupFunction } from "node:net";
import type { Fetch } from "../../registry/http/transport.ts";
import type { Upload } from "../../registry/http/upload.ts";
import { checkedLookup } from "./checked_lookup.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exchange, type ExchangeOptions } from "./exchange.ts";
import { permits } from "./permits.ts";
import { streamedResponse, wholeResponse } from "./response_of.ts";
import { Routes } from "./routes.ts";

/** What a {@linkcode nodeClient} goes by. */
export interface NodeClientOptions extends ConnectionOptions {
  /** The registry. Its own host and port may have any address. */
  readonly registry: URL;
  /**
   * Hosts, with their ports where they have one, that the registry may lead to
   * although their names lead into a network that it does not belong to.
   *
   * @default {[]}
   */
  readonly allowHosts?: readonly string[];
  /**
   * Looks names up.
   *
   * @default {dns.lookup}
   */
  readonly lookup?: LookupFunction;
}

/** Sends requests. */
export interface NodeClient {
  /** Sends a request; the body of its answer comes as it is read. */
  readonly fetch: Fetch;
  /** Sends a body; the body of its answer comes whole, cut at 64 KiB. */
  readonly upload: Upload;
}

/** Milliseconds until a connection has to stand. */
const CONNECT_TIMEOUT = 10_000;

/**
 * A client for one registry, and for where it leads, by `node:http` and
 * `node:https`: the one way that does the same on Deno, Bun and Node. Nothing
 * follows redirects, decodes bodies or keeps cookies.
 */
export function nodeClient(options: NodeClientOptions): NodeClient {
  const { registry, connectTimeout = CONNECT_TIMEOUT } = options;
  // Where Deno permits single hosts, it looks up no others, and checks itself.
  const lookupFor = permits({ name: "net" })
    ? checkedLookup(registry, options)
    : undefined;
  const routes = new Routes({ ...options, connectTimeout, lookupFor });
  const how: ExchangeOptions = { routes, connectTimeout };
  return {
    fetch: async (request) => {
      const { url, method, headers, signal } = request;
      const exchanged = await exchange(how, {
        url: new URL(url),
        method,
        headers: Object.fromEntries(headers),
        body: request.body ? await request.blob() : undefined,
        signal,
      });
      return streamedResponse(exchanged, method !== "HEAD", signal);
    },
    upload: async (request) => wholeResponse(await exchange(how, request)),
  };
}
