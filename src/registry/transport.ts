import type { ByteSource } from "../bytes/byte_source.ts";
import { abortedError, ScratchbuildError } from "../spec/error.ts";
import { version } from "../spec/version.ts";
import { refusal } from "./address.ts";
import { discard, readCapped } from "./capped_body.ts";
import { networkError } from "./network_error.ts";
import type { Upload } from "./upload.ts";

/** Sends one request. The global `fetch` fits. */
export type Fetch = (request: Request) => Promise<Response>;

/** The runtime's own `fetch`. */
export const globalFetch: Fetch = (request) => fetch(request);

/** What {@linkcode Transport.send} sends. */
export interface TransportRequest {
  /** The method. */
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  /** Where to. */
  readonly url: URL;
  /** The headers, but for `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Value of the `Authorization` header; the origin of `url` alone gets it. */
  readonly authorization?: string;
  /** The body. It is opened anew for every redirect. */
  readonly body?: ByteSource;
  /**
   * Whether redirects are followed; otherwise they are the answer.
   *
   * @default {true}
   */
  readonly followRedirects?: boolean;
  /** Stops the request. */
  readonly signal?: AbortSignal;
  /** Is told the number of bytes of the body sent so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** A response, and the URL that gave it when all redirects were followed. */
export interface Answer {
  /** The response. Its body is to be read or discarded. */
  readonly response: Response;
  /** Where it comes from. Relative URLs in it refer to this one. */
  readonly url: URL;
}

const MAX_REDIRECTS = 5;
/** The method stays as it is for all of these, as RFC 9110 asks for. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/**
 * Sends requests and follows redirects by its own rules: the credential stays
 * with the origin that it is for, https is not left, and no server leads into
 * a network that it does not belong to.
 */
export class Transport {
  readonly #fetch: Fetch;
  readonly #upload: Upload;

  /**
   * Takes the two ways of sending.
   *
   * @param fetch Sends requests without a body.
   * @param upload Sends requests with one.
   */
  constructor(fetch: Fetch, upload: Upload) {
    this.#fetch = fetch;
    this.#upload = upload;
  }

  /**
   * Sends a request, and sends it again wherever it is redirected to.
   *
   * @throws {ScratchbuildError} Code `NETWORK` where there is no answer, or a
   * redirect that must not be followed; code `ABORTED` where the signal stopped
   * the request.
   */
  async send(request: TransportRequest): Promise<Answer> {
    let { url, authorization } = request;
    for (let redirects = 0;; redirects++) {
      const response = await this.#sendOnce(request, url, authorization);
      const target = redirectTarget(request, response, url);
      if (target === undefined) return { response, url };
      await discard(response);
      const why = redirects === MAX_REDIRECTS
        ? `there were ${MAX_REDIRECTS} before it`
        : refusal(url, target);
      if (why !== undefined) {
        throw new ScratchbuildError(
          `Cannot follow the redirect of ${url.host} to ${target.host}: ${why}. ` +
            "Look into the configuration of the registry",
          { code: "NETWORK" },
        );
      }
      if (target.origin !== url.origin) authorization = undefined;
      url = target;
    }
  }

  /**
   * Reads the body of an answer, cut at 64 KiB.
   *
   * @throws {ScratchbuildError} Code `NETWORK` where the body is cut short,
   * code `ABORTED` where the signal stopped the request.
   */
  async readBody(
    { response, url }: Answer,
    signal?: AbortSignal,
  ): Promise<string> {
    try {
      return await readCapped(response);
    } catch (error) {
      throw failure(url, signal, error);
    }
  }

  async #sendOnce(
    request: TransportRequest,
    url: URL,
    authorization: string | undefined,
  ): Promise<Response> {
    const { method, body, signal, onProgress } = request;
    const headers: Record<string, string> = {
      ...request.headers,
      "user-agent": `scratchbuild/${version}`,
      ...(authorization === undefined ? {} : { authorization }),
    };
    try {
      signal?.throwIfAborted();
      if (body) {
        const upload = { url, method, headers, body, signal, onProgress };
        return await this.#upload(upload);
      }
      const init = { method, headers, signal, redirect: "manual" } as const;
      return await this.#fetch(new Request(url, init));
    } catch (error) {
      throw failure(url, signal, error);
    }
  }
}

function redirectTarget(
  request: TransportRequest,
  response: Response,
  url: URL,
): URL | undefined {
  const { method, followRedirects = true } = request;
  const isRedirect = REDIRECTS.has(response.status) ||
    (response.status === 303 && (method === "GET" || method === "HEAD"));
  const location = response.headers.get("location");
  if (!followRedirects || !isRedirect || location === null) return undefined;
  return URL.canParse(location, url.href) ? new URL(location, url) : undefined;
}

function failure(
  url: URL,
  signal: AbortSignal | undefined,
  cause: unknown,
): ScratchbuildError {
  if (signal?.aborted) {
    return abortedError(`go on with the request to ${url.host}`, signal);
  }
  return cause instanceof ScratchbuildError ? cause : networkError(url, cause);
}
