import type { Challenge } from "../http/challenge.ts";
import type { FailureContext } from "../http/registry_failure.ts";
import type { Transport } from "../http/transport.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { RegistryError } from "../registry_error.ts";
import { coversScopes, isScopeOf, mergeScopes } from "./scope.ts";
import { SharedWork } from "./shared_work.ts";
import { fetchToken, type TokenRequest } from "./token.ts";
import type { TokenAnswer } from "./token_answer.ts";
import { tokenServer } from "./token_server.ts";

/** What a {@linkcode TokenStore} works with. */
export interface TokenStoreOptions {
  /** Sends the requests to the token server, and tells the time. */
  readonly transport: Transport;
  /** The registry as references name it. */
  readonly registry: string;
  /** Where the registry is. */
  readonly url: URL;
  /** The repository in the registry. */
  readonly repository: string;
  /** Whether the registry was said to be spoken to over plain http. */
  readonly insecure: boolean;
}

/** Who tokens are asked for by. */
export interface Applicant {
  /** A password, where there is one. */
  readonly password?: TokenRequest["password"];
  /** An identity token, where there is one. */
  readonly identityToken?: string;
  /** For what goes wrong. */
  readonly failure: Omit<FailureContext, "what" | "by">;
}

/** What a token has to be good for. */
export interface TokenNeed {
  /** The scopes, the most important first. */
  readonly scopes: readonly string[];
  /** Whether a body goes with it, which takes its time. */
  readonly hasBody: boolean;
  /** Stops the request. */
  readonly signal?: AbortSignal;
}

/** A token, and what it is for. */
export interface HeldToken extends TokenAnswer {
  /** The scopes that it was asked for with. */
  readonly asked: readonly string[];
  /** When it was asked for, in milliseconds since 1970. */
  readonly since: number;
}

/** The part of its life after which a token is replaced. */
const USED_UP = 0.8;
/** Milliseconds that must be left of a token that a body goes with. */
const BODY_MARGIN = 30_000;
/** What token servers answer that know the user but not every scope. */
const SCOPE_REFUSALS: readonly number[] = [400, 401, 403, 404];

/**
 * The tokens of one identity at one registry, by their scopes. They are
 * replaced before they run out; who needs the same one at the same time shares
 * one exchange.
 */
export class TokenStore {
  readonly #applicant: Applicant;
  readonly #options: TokenStoreOptions;
  readonly #exchanges: SharedWork<HeldToken>;
  /** Newest first. */
  #tokens: readonly HeldToken[] = [];
  #refreshToken: string | undefined;
  /** The one server that the identity token was shown to. */
  #issuer: string | undefined;
  /** The one that is used to its end, as there was no newer one to be had. */
  #last: string | undefined;
  #refusedScopes: readonly string[] = [];
  #scopesAsked: readonly string[] = [];

  /** Begins without a token. */
  constructor(applicant: Applicant, options: TokenStoreOptions) {
    this.#applicant = applicant;
    this.#options = options;
    this.#exchanges = new SharedWork();
    this.#refreshToken = applicant.identityToken;
  }

  /** The token that came last. */
  get newest(): HeldToken | undefined {
    return this.#tokens[0];
  }

  /** All scopes that were asked for so far. */
  get scopesAsked(): readonly string[] {
    return this.#scopesAsked;
  }

  /**
   * A token that is good for the scopes and not about to run out. Where the
   * token server fails for a moment, the old one is used to its end.
   *
   * @param challenge Names the token server.
   * @throws {RegistryError} Where the token server refuses, or must not be
   * asked.
   * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
   */
  async get(challenge: Challenge, need: TokenNeed): Promise<HeldToken> {
    const { transport, registry } = this.#options;
    const { realm, service } = challenge.parameters;
    const { hasBody, signal } = need;
    const scopes = need.scopes.filter((scope) =>
      !this.#refusedScopes.includes(scope)
    );
    const held = (usable: (life: number) => number) =>
      this.#tokens.find(({ token, asked, since, life }) =>
        coversScopes(asked, scopes) &&
        transport.clock.now() <
          since + (token === this.#last ? life : usable(life))
      );
    const good = held((life) => usableFor(life, hasBody));
    if (good) return good;
    try {
      return await this.#exchanges.run(
        JSON.stringify([realm, service, scopes]),
        (signal) => this.#exchange(challenge, scopes, signal),
        { what: `log in to ${registry}`, signal },
      );
    } catch (error) {
      const spare = mayPass(error) ? held((life) => life) : undefined;
      if (!spare) throw error;
      this.#last = spare.token;
      return spare;
    }
  }

  /** Forgets a token that the registry does not take any more. */
  drop(token: string): void {
    this.#tokens = this.#tokens.filter((held) => held.token !== token);
  }

  async #exchange(
    challenge: Challenge,
    scopes: readonly string[],
    signal: AbortSignal,
  ): Promise<HeldToken> {
    const { registry, url, transport, repository } = this.#options;
    const { allowHosts, secrets } = transport;
    const server = tokenServer(challenge, { ...this.#options, allowHosts });
    const refreshToken = this.#refreshToken;
    if (refreshToken !== undefined) this.#bindTo(server);
    const { password, failure } = this.#applicant;
    const ask = async (asked: readonly string[]): Promise<HeldToken> => {
      const since = transport.clock.now();
      this.#scopesAsked = mergeScopes([...this.#scopesAsked, ...asked]);
      const answer = await fetchToken(transport, {
        ...{ server, challenge, registry, url, failure, signal },
        ...{ password, refreshToken, scopes: asked },
      });
      return { ...answer, asked, since };
    };
    const own = scopes.filter((scope) => isScopeOf(scope, repository));
    let held: HeldToken;
    try {
      held = await ask(scopes);
    } catch (error) {
      const isRefusal = error instanceof RegistryError &&
        SCOPE_REFUSALS.includes(error.status);
      if (!isRefusal || own.length === 0 || own.length === scopes.length) {
        throw error;
      }
      held = await ask(own);
      const foreign = scopes.filter((scope) => !own.includes(scope));
      this.#refusedScopes = [...this.#refusedScopes, ...foreign];
    }
    secrets.add(held.token);
    if (refreshToken !== undefined && held.refreshToken !== undefined) {
      secrets.add(held.refreshToken);
      this.#refreshToken = held.refreshToken;
    }
    const others = this.#tokens.filter(({ asked }) =>
      !coversScopes(held.asked, asked)
    );
    this.#tokens = [held, ...others];
    return held;
  }

  /**
   * @throws {RegistryError} Where the identity token was shown to another token
   * server before: the registry cannot have it sent from one to the next.
   * @see {@link https://distribution.github.io/distribution/spec/auth/scope/#refresh-tokens}
   */
  #bindTo(server: URL): void {
    this.#issuer ??= server.origin;
    if (this.#issuer === server.origin) return;
    throw new RegistryError(
      `Cannot log in to ${this.#options.registry}: it names the token server ` +
        `${server.host} now, and the identity token is for ${this.#issuer}. ` +
        `Log in again with scratchbuild login ${this.#options.registry}`,
      { status: 401 },
    );
  }
}

/** Whether a token server failed, rather than refused. */
function mayPass(error: unknown): boolean {
  return error instanceof RegistryError
    ? error.status >= 500 || error.status === 429
    : error instanceof ScratchbuildError && error.code === "NETWORK";
}

/** Milliseconds that a token is used before it is replaced. */
function usableFor(life: number, hasBody: boolean): number {
  const plain = life * USED_UP;
  // A short token is not replaced before every body.
  return hasBody
    ? Math.min(plain, Math.max(life - BODY_MARGIN, life / 2))
    : plain;
}
