import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import type { LookupFunction } from "node:net";
import type { SecureContext } from "node:tls";
import type { ConnectionOptions } from "./connection_options.ts";
import { type Proxy, proxyFor } from "./proxy_for.ts";
import { trustFor } from "./trust.ts";
import { TunnelAgent } from "./tunnel_agent.ts";

/** How a request gets to the host of a URL. */
export interface Route {
  /** Where it goes: the URL itself, or the proxy that gets to read it. */
  readonly to: URL;
  /** What it needs besides its own headers. */
  readonly options: RequestOptions;
  /** Headers that it needs besides its own. */
  readonly headers: Readonly<Record<string, string>>;
  /** The proxy that gets to read it. */
  readonly proxy?: Proxy;
  /** Whether a proxy passes it on without reading it. */
  readonly isTunnel: boolean;
}

/** What {@linkcode Routes} go by. */
export interface RoutesOptions extends ConnectionOptions {
  /** The registry. */
  readonly registry: URL;
  /** Milliseconds until a connection has to stand. */
  readonly connectTimeout: number;
  /** Makes the `lookup` of a connection to a URL; the usual one unless told. */
  readonly lookupFor?: (url: URL) => LookupFunction;
}

/** Finds the way to hosts, and keeps their connections for further requests. */
export class Routes {
  readonly #options: RoutesOptions;
  readonly #contexts = new Map<string, SecureContext | undefined>();
  readonly #agents = new Map<string, HttpAgent>();

  /** @param options How hosts are reached. */
  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  /**
   * The way to a URL.
   *
   * @param keep Whether the connection may have been used before, and is kept.
   * @throws {ScratchbuildError} Code `USAGE` where the proxy or the
   * certificates for it cannot be used.
   */
  to(url: URL, keep: boolean): Route {
    const { env, lookupFor } = this.#options;
    const proxy = proxyFor(url, env);
    const isTls = url.protocol === "https:";
    if (proxy && !isTls) return this.#throughProxy(url, keep, proxy);
    return {
      to: url,
      options: {
        agent: this.#agent(keep, isTls, proxy),
        ...(isTls ? { secureContext: this.#trust(url) } : {}),
        ...(proxy ? {} : { lookup: lookupFor?.(url) }),
      },
      headers: {},
      isTunnel: proxy !== undefined,
    };
  }

  /** A proxy gets to read what is not encrypted, and asks in our place. */
  #throughProxy(url: URL, keep: boolean, proxy: Proxy): Route {
    const { authorization } = proxy;
    const isTls = proxy.url.protocol === "https:";
    return {
      to: proxy.url,
      options: {
        agent: this.#agent(keep, isTls),
        path: `${url.origin}${url.pathname}${url.search}`,
        ...(isTls ? { secureContext: this.#trust(proxy.url) } : {}),
      },
      headers: {
        host: url.host,
        ...(authorization === undefined
          ? {}
          : { "proxy-authorization": authorization }),
      },
      proxy,
      isTunnel: false,
    };
  }

  #trust(url: URL): SecureContext | undefined {
    if (!this.#contexts.has(url.host)) {
      const isOwn = url.host === this.#options.registry.host;
      const context = trustFor(url.host, isOwn, this.#options);
      this.#contexts.set(url.host, context);
    }
    return this.#contexts.get(url.host);
  }

  #agent(keepAlive: boolean, isTls: boolean, proxy?: Proxy): HttpAgent {
    const name = `${keepAlive} ${isTls} ${proxy?.url ?? ""}`;
    let agent = this.#agents.get(name);
    if (!agent) {
      agent = proxy
        ? this.#tunnelAgent(proxy, keepAlive)
        : new (isTls ? HttpsAgent : HttpAgent)({ keepAlive });
      this.#agents.set(name, agent);
    }
    return agent;
  }

  #tunnelAgent(proxy: Proxy, keepAlive: boolean): TunnelAgent {
    const { connectTimeout } = this.#options;
    const secureContext = proxy.url.protocol === "https:"
      ? this.#trust(proxy.url)
      : undefined;
    return new TunnelAgent({ proxy, secureContext, connectTimeout }, {
      keepAlive,
    });
  }
}
