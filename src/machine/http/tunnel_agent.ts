import { request as requestHttp } from "node:http";
import {
  Agent,
  type AgentOptions,
  request as requestHttps,
  type RequestOptions,
} from "node:https";
import { isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { networkFault } from "../../registry/http/network_error.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { limitConnecting } from "./connect_timeout.ts";
import type { Proxy } from "./proxy_for.ts";

/** How a {@linkcode TunnelAgent} reaches its proxy. */
export interface TunnelOptions {
  /** The proxy. */
  readonly proxy: Proxy;
  /** Certificates that are trusted where the proxy itself speaks TLS. */
  readonly secureContext?: SecureContext;
  /** Milliseconds until the proxy has to have answered. */
  readonly connectTimeout: number;
}

/** What a request by a {@linkcode TunnelAgent} takes besides the usual. */
export interface TunnelRequestOptions extends RequestOptions {
  /**
   * Stops the request while the tunnel is being made, which the signal of the
   * request itself does not.
   */
  readonly tunnelSignal?: AbortSignal;
}

/**
 * Connections that a proxy passes on as they are, by `CONNECT`. TLS is agreed
 * on with the host behind it: the proxy sees its name and nothing else.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6}
 */
export class TunnelAgent extends Agent {
  readonly #tunnel: TunnelOptions;

  /**
   * An agent that has no connection yet.
   *
   * @param tunnel How the proxy is reached.
   * @param options As for any agent.
   */
  constructor(tunnel: TunnelOptions, options: AgentOptions) {
    super(options);
    this.#tunnel = tunnel;
  }

  /** Opens a connection, for `node:https`. */
  override createConnection(
    options: TunnelRequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex {
    const { proxy, secureContext, connectTimeout } = this.#tunnel;
    const fail = callback as (error: Error) => void;
    const name = String(options.host);
    const host = `${isIPv6(name) ? `[${name}]` : name}:${options.port}`;
    const isTls = proxy.url.protocol === "https:";
    const request = (isTls ? requestHttps : requestHttp)(proxy.url, {
      method: "CONNECT",
      path: host,
      setHost: false,
      headers: {
        host,
        ...(proxy.authorization === undefined
          ? {}
          : { "proxy-authorization": proxy.authorization }),
      },
      agent: false,
      signal: options.tunnelSignal,
      ...{ secureContext },
    });
    limitConnecting(request, "answer", connectTimeout);
    request.once("connect", ({ statusCode }, socket) => {
      if (statusCode !== undefined && statusCode >= 200 && statusCode < 300) {
        const tls = { ...options, socket } as RequestOptions;
        const connection = super.createConnection(tls) as Duplex;
        return callback?.(null, connection);
      }
      socket.destroy();
      fail(refusedBy(proxy, host, statusCode));
    });
    // A proxy that takes CONNECT for something else answers as to a request.
    request.once("response", (response) => {
      response.destroy();
      fail(refusedBy(proxy, host, response.statusCode));
    });
    request.once("error", (error) => {
      fail(options.tunnelSignal?.aborted ? error : unreachable(proxy, error));
    });
    request.end();
    // The types know of no connection that comes later; node:http does.
    return undefined as unknown as Duplex;
  }
}

/** The failure of a proxy that does not let a request through. */
export function refusedBy(
  proxy: Proxy,
  host: string,
  status: number | undefined,
): ScratchbuildError {
  // The host behind it may be up again a moment later.
  const cause = status !== undefined && status > 500
    ? new Error("connection refused")
    : undefined;
  const next = status === 407
    ? `Check the user name and the password in ${proxy.variable}`
    : `Check ${proxy.variable}, or name the registry in NO_PROXY`;
  return new ScratchbuildError(
    `Cannot reach ${host}: the proxy ${proxy.url.host} answered ${status}. ${next}`,
    { code: "NETWORK", cause },
  );
}

/** A failure of the way to a proxy, which a moment later may not be one. */
export function unreachable(proxy: Proxy, cause: unknown): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot reach the proxy ${proxy.url.host}: ${networkFault(cause)}. ` +
      `Check ${proxy.variable}, or name the registry in NO_PROXY`,
    { code: "NETWORK", cause },
  );
}
