import type { ByteSource } from "../../bytes/byte_source.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { version } from "../../spec/version.ts";
import { RegistryError } from "../registry_error.ts";
import { refusal } from "./address.ts";
import { capped, discard } from "./capped_body.ts";
import { checkHeaders } from "./check_headers.ts";
import { type Clock, systemClock } from "./clock.ts";
import { IdleWatch, type IdleWatchOptions } from "./idle_watch.ts";
import { inItsWords } from "./in_its_words.ts";
import { resolveLocation } from "./location.ts";
import { patientSource } from "./patient_source.ts";
import { requestError } from "./request_error.ts";
import { type Outcome, Retries } from "./retries.ts";
import { Secrets } from "./secrets.ts";
import { settled } from "./settled.ts";
import type { Fetch, TransportOptions } from "./transport_options.ts";
import type { Upload } from "./upload.ts";
import { WarningLog } from "./warning_log.ts";
import { type Answer, watchedBody } from "./watched_body.ts";

export type { RetryEvent, RetryOptions } from "./retries.ts";
export {
  type Fetch,
  globalFetch,
  type TransportOptions,
} from "./transport_options.ts";
export type { RegistryWarning } from "./warning_log.ts";
export type { Answer } from "./watched_body.ts";

/** What {@linkcode Transport.send} sends. */
export interface TransportRequest {
  /** The method. */
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Where to. */
  readonly url: URL;
  /**
   * The registry that the request is for: redirects are judged by where it is,
   * and so is `url` itself where a server named it.
   *
   * @default `url`
   */
  readonly trust?: URL;
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
  /**
   * Whether the request is sent again where the network or the server fails.
   * What holds part of a blob is not: its sender has to ask first how much of
   * it arrived.
   *
   * @default {true}
   */
  readonly retry?: boolean;
  /** Stops the request. */
  readonly signal?: AbortSignal;
  /** Is told the number of bytes of the body sent so far. */
  readonly onProgress?: (bytes: number) => void;
}

const MAX_REDIRECTS = 5;
/** The method stays as it is for all of these, as RFC 9110 asks for. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/** How many idle time-outs a registry may take to store what it got. */
const STORING = 5;
/** Bytes per second that a connection moves at least, where it cannot be seen. */
const SLOWEST = 1024;

/**
 * Sends requests, tries them again where that may help, and follows redirects
 * by its own rules: the credential stays with the origin that it is for, https
 * is not left, and no server leads into a network that it does not belong to.
 */
export class Transport {
  /** Tells the time, and waits. */
  readonly clock: Clock;

  /** Decides what is tried again, for work that is more than one request. */
  readonly retries: Retries;

  /** Hosts that a registry may lead to wherever they are. */
  readonly allowHosts: readonly string[];

  /** What nothing that is shown may hold. */
  readonly secrets: Secrets;

  readonly #fetch: Fetch;
  readonly #upload: Upload;
  readonly #idleTimeout: number;
  readonly #warnings: WarningLog;

  /** @param options How requests are sent. */
  constructor(options: TransportOptions) {
    const { clock = systemClock, random = Math.random } = options;
    this.clock = clock;
    this.retries = new Retries({ ...options, clock, random });
    this.allowHosts = options.allowHosts ?? [];
    this.secrets = new Secrets();
    this.#fetch = options.fetch;
    this.#upload = options.upload;
    this.#idleTimeout = options.idleTimeout ?? 60_000;
    this.#warnings = new WarningLog(options.onWarning, this.secrets);
  }

  /**
   * Sends a request, and sends it again wherever it is redirected to.
   *
   * @returns The answer. Where it refuses (from 400 on), its body has been read
   * already, up to 64 KiB.
   * @throws {ScratchbuildError} Code `NETWORK` where there is no answer, or a
   * URL that must not be asked; code `ABORTED` where the signal stopped the
   * request; code `USAGE` where a header holds what no header can.
   * @throws {RegistryError} Where a server asks to be left alone for minutes.
   */
  async send(request: TransportRequest): Promise<Answer> {
    let { url, authorization } = request;
    const { trust = url } = request;
    const { allowHosts } = this;
    const why = refusal(trust, url, { allowHosts });
    if (why !== undefined) throw refused(`ask ${url.host}`, why);
    for (let redirects = 0;; redirects++) {
      const response = await this.#sendPersistently(
        request,
        url,
        authorization,
      );
      const location = redirectLocation(request, response, url);
      if (location === undefined) return { response, url };
      await discard(response);
      const options = { registry: trust, allowHosts };
      const target = redirects === MAX_REDIRECTS
        ? { refusal: `there were ${MAX_REDIRECTS} before it` }
        : resolveLocation(url, location, options);
      if (target.refusal !== undefined) {
        const { host } = new URL(location, url);
        const what = `follow the redirect of ${url.host} to ${host}`;
        throw refused(what, target.refusal);
      }
      if (target.url.origin !== url.origin) authorization = undefined;
      url = target.url;
    }
  }

  /**
   * Reads the body of an answer, cut at 64 KiB.
   *
   * @throws {ScratchbuildError} Code `NETWORK` where the body is cut short, or
   * stops coming; code `ABORTED` where the signal stopped the request.
   */
  async readBody(answer: Answer, signal?: AbortSignal): Promise<string> {
    const bytes = await capped(this.read(answer, signal));
    return new TextDecoder().decode(bytes);
  }

  /**
   * Reads the body of an answer as it comes. The idle time-out does not run
   * while the reader is busy with a chunk.
   *
   * @throws {ScratchbuildError} Code `NETWORK` where the body is cut short, or
   * stops coming; code `ABORTED` where the signal stopped the request.
   */
  read(
    answer: Answer,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    return watchedBody(answer, this.#watching(signal));
  }

  /** Sends one request to one URL, as often as that may help. */
  async #sendPersistently(
    request: TransportRequest,
    url: URL,
    authorization: string | undefined,
  ): Promise<Response> {
    const { signal, retry = true } = request;
    const task = this.retries.task(url.host, retry ? undefined : 1);
    try {
      while (true) {
        const outcome = await this.#sendOnce(request, url, authorization);
        const { response, error } = outcome;
        try {
          // Our own errors are those of the body, which is the same next time.
          const isOwn = error instanceof ScratchbuildError;
          const delay = isOwn || signal?.aborted
            ? undefined
            : task.delay(outcome);
          if (delay === undefined) {
            if (response) {
              return await settled({ response, url }, this.#watching(signal));
            }
            throw error;
          }
          if (response) await discard(response);
          await this.clock.sleep(delay, signal);
        } catch (error) {
          // It asks to be left alone, and may say why.
          if (response && error instanceof RegistryError) {
            const watching = this.#watching(signal);
            const told = await settled({ response, url }, watching);
            throw await inItsWords(error, told, this.secrets);
          }
          if (response) await discard(response);
          throw requestError(url, signal, error);
        }
      }
    } finally {
      task.end();
    }
  }

  async #sendOnce(
    request: TransportRequest,
    url: URL,
    authorization: string | undefined,
  ): Promise<Outcome> {
    const { method, body, onProgress } = request;
    const headers: Record<string, string> = {
      ...request.headers,
      "user-agent": `scratchbuild/${version}`,
      // What is compressed on its way has another digest.
      "accept-encoding": "identity",
      ...(authorization === undefined ? {} : { authorization }),
    };
    checkHeaders(headers, url);
    const watch = new IdleWatch(this.#watching(request.signal));
    const { signal } = watch;
    try {
      signal.throwIfAborted();
      const answered = body
        ? this.#upload({
          url,
          method,
          headers,
          // The runtimes know how to send a Blob.
          body: body instanceof Blob ? body : patientSource(body, watch),
          signal,
          onProgress: (bytes) => {
            watch.touch(bytes < body.size ? 1 : STORING);
            onProgress?.(bytes);
          },
          onTaken: () => {
            const seconds = this.#idleTimeout / 1000;
            watch.touch(STORING + Math.ceil(body.size / SLOWEST / seconds));
          },
        })
        : this.#fetch(
          new Request(url, { method, headers, signal, redirect: "manual" }),
        );
      // One that does not heed the signal may still answer.
      answered.then(
        (response) => signal.aborted ? discard(response) : undefined,
        () => {},
      );
      const response = await watch.race(answered);
      this.#warnings.take(url, response);
      return { response };
    } catch (error) {
      return { error };
    } finally {
      watch.end();
    }
  }

  #watching(signal: AbortSignal | undefined): IdleWatchOptions {
    return { clock: this.clock, idleTimeout: this.#idleTimeout, signal };
  }
}

/** Where an answer redirects to, where that is to be followed. */
function redirectLocation(
  { method, followRedirects = true }: TransportRequest,
  { status, headers }: Response,
  url: URL,
): string | undefined {
  const isRedirect = REDIRECTS.has(status) ||
    (status === 303 && (method === "GET" || method === "HEAD"));
  const location = headers.get("location");
  if (!followRedirects || !isRedirect || location === null) return undefined;
  return URL.canParse(location, url.href) ? location : undefined;
}

function refused(what: string, why: string): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot ${what}: ${why}. Look into the configuration of the registry`,
    { code: "NETWORK" },
  );
}
