import type { Clock } from "../../../src/registry/http/clock.ts";
import { systemClock } from "../../../src/registry/http/clock.ts";
import type { Fetch } from "../../../src/registry/http/transport.ts";
import { answer } from "./answer.ts";
import { applyFault } from "./apply_fault.ts";
import { FaultPlan, type Injection } from "./fault.ts";
import { type ProfileName, profiles } from "./profiles.ts";
import type { Quirks } from "./quirks.ts";
import type { Scope } from "./scope.ts";
import type { Exchange, State, UploadSession } from "./state.ts";

/** Whom a {@linkcode FakeRegistry} lets in. */
export interface FakeAuth {
  readonly scheme: "basic" | "bearer";
  readonly username: string;
  readonly password: string;
  /** Where tokens are given out: `/token` on the registry unless told. */
  readonly realm?: string;
  /** Name of the member that holds the token: `token` unless told. */
  readonly member?: string;
  /** A refresh token of the account, as a login would have got. */
  readonly refreshToken?: string;
  /**
   * Which of the actions that are asked for are granted, to the account
   * (`isKnown`) and to everybody: unless told, the account may do everything,
   * and everybody may pull.
   */
  readonly grant?: (scope: Scope, isKnown: boolean) => readonly string[];
}

/** How a {@linkcode FakeRegistry} behaves. */
export interface FakeRegistryOptions {
  /**
   * Whom it lets in: everybody unless told. By `bearer` everybody may pull, and
   * the one account may push; its token server is the same function.
   */
  readonly auth?: FakeAuth;
  /** How it spells the `Location` of an upload: `relative` unless told. */
  readonly location?: "relative" | "absolute";
  /** Real registries whose quirks it has; the later one counts. */
  readonly profile?: ProfileName | readonly ProfileName[];
  /** Its quirks, beside those of the profiles and before them. */
  readonly quirks?: Quirks;
  /** Tells it the time: the machine's clock unless told. */
  readonly clock?: Clock;
}

/** A request that a {@linkcode FakeRegistry} was sent. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** `METHOD /path`, without the query and with `*` for the id of an upload. */
  readonly line: string;
}

/** Answers in the place of the registry, which `next` is. */
export type Override = (
  request: Request,
  next: () => Promise<Response>,
) => Response | Promise<Response>;

/** What a token is good for. */
export interface Token {
  /**
   * Scopes, one after the other. One that names no actions stands for all that
   * the token's owner may do.
   */
  readonly scope: string;
  /** Whether the owner may do more than pull. */
  readonly mayPush: boolean;
  /** When it ends, by the registry's clock: never unless told. */
  readonly expires?: number;
}

/** A registry in memory, with what it holds and what it was asked. */
export interface FakeRegistry {
  /** The registry: of every host and both schemes. */
  readonly fetch: Fetch;
  /** All requests, in their order. */
  readonly requests: RecordedRequest[];
  /** Blobs by `repository@digest`. */
  readonly blobs: Map<string, Uint8Array>;
  /** Manifests by `repository@digest`. */
  readonly manifests: Map<string, { mediaType: string; bytes: Uint8Array }>;
  /** Digests of manifests by `repository:tag`. */
  readonly tags: Map<string, string>;
  /** Tokens that are good; taking one out lets it expire. */
  readonly tokens: Map<string, Token>;
  /** Refresh tokens that are good. */
  readonly refreshTokens: Set<string>;
  /** Uploads that have begun and not ended, by their id. */
  readonly uploads: ReadonlyMap<string, UploadSession>;
  /** Requests that showed a credential to the storage. */
  readonly leaks: readonly RecordedRequest[];
  /** Number of requests so far, also where `requests` was emptied. */
  readonly requestCount: number;
  /** Bytes of blobs that arrived, also of those that were sent in vain. */
  readonly bytesReceived: number;
  /** How many of the injected faults have happened. */
  readonly faultCount: number;
  /**
   * Answers requests in its place, those whose {@linkcode RecordedRequest.line}
   * fits the pattern, from now on or as often as said.
   */
  override(pattern: RegExp, answer: Override, times?: number): void;
  /** Lets something go wrong with one request, or with several in a row. */
  inject(injection: Injection): void;
  /** The lines of all requests so far. */
  lines(): string[];
}

/** Starts an empty registry. */
export function fakeRegistry(options: FakeRegistryOptions = {}): FakeRegistry {
  const { auth, location, clock, quirks, profile = [] } = options;
  const names = typeof profile === "string" ? [profile] : profile;
  const leaks: RecordedRequest[] = [];
  const state: State = {
    quirks: Object.assign(
      {},
      ...names.map((name) => profiles[name]),
      location === undefined ? {} : { location },
      quirks,
    ),
    auth,
    clock: clock ?? systemClock,
    hasOwnClock: clock !== undefined,
    blobs: new Map(),
    manifests: new Map(),
    tags: new Map(),
    tokens: new Map(),
    refreshTokens: new Set(auth?.refreshToken ? [auth.refreshToken] : []),
    uploads: new Map(),
    storedAt: new Map(),
    counts: new Map(),
    bytesReceived: 0,
    tokensIssued: 0,
  };
  const overrides: { pattern: RegExp; answer: Override; left: number }[] = [];
  const plan = new FaultPlan();
  const requests: RecordedRequest[] = [];
  let requestCount = 0;

  /** The registry, or what stands in its place. */
  const answerTo = async (
    exchange: Exchange,
    request: Request,
    line: string,
  ): Promise<Response> => {
    const found = overrides.find(({ pattern, left }) =>
      left > 0 && pattern.test(line)
    );
    if (!found) return await answer(state, exchange);
    found.left--;
    return await found.answer(request, () => answer(state, exchange));
  };

  const { blobs, manifests, tags, tokens, refreshTokens, uploads } = state;
  return {
    ...{ requests, blobs, manifests, tags, tokens, refreshTokens, uploads },
    leaks,
    get requestCount() {
      return requestCount;
    },
    get bytesReceived() {
      return state.bytesReceived;
    },
    get faultCount() {
      return plan.injected;
    },
    override: (pattern, answer, times = Infinity) =>
      void overrides.push({ pattern, answer, left: times }),
    inject: (injection) => plan.add(injection),
    lines: () => requests.map(({ line }) => line),
    fetch: async (request) => {
      request.signal.throwIfAborted();
      const exchange = exchangeOf(request);
      const { method, url, isSigned } = exchange;
      const path = url.pathname.replace(/(\/blobs\/uploads\/)[^/]+$/, "$1*");
      const line = `${method} ${path}`;
      const headers = new Headers(request.headers);
      const recorded = { method, url, headers, line };
      requests.push(recorded);
      requestCount++;
      if (isSigned && headers.has("authorization")) leaks.push(recorded);
      const fault = plan.next(line, requestCount);
      return fault
        ? await applyFault(
          state,
          fault,
          exchange,
          (changed) => answerTo(changed, request, line),
        )
        : await answerTo(exchange, request, line);
    },
  };
}

/** A request as the parts of the registry see it. */
function exchangeOf(request: Request): Exchange {
  const { method, headers, signal } = request;
  const url = new URL(request.url);
  const [, prefix, path = url.pathname] =
    /^\/(storage|proxy)(\/.*)$/.exec(url.pathname) ?? [];
  return {
    ...{ method, url, headers, signal },
    // Not asked for where there is an override that reads it.
    get body() {
      return request.body;
    },
    path,
    isSigned: prefix === "storage",
  };
}
