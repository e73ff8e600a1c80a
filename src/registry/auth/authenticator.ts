import { discard } from "../http/capped_body.ts";
import { parseChallenges } from "../http/challenge.ts";
import type { Clock } from "../http/clock.ts";
import type { FailureContext } from "../http/registry_failure.ts";
import type { Answer, Transport, TransportRequest } from "../http/transport.ts";
import type { LoginReport } from "./access_report.ts";
import { checkCredential, type Credentials } from "./credentials.ts";
import { Login } from "./login.ts";
import {
  addScopes,
  coversScopes,
  parseScopes,
  requestScopes,
} from "./scope.ts";
import { SharedWork } from "./shared_work.ts";

/** What an {@linkcode Authenticator} works with. */
export interface AuthenticatorOptions {
  /** The registry as references name it, for looking up the credential. */
  readonly registry: string;
  /** Where the registry is. Its origin alone is sent credentials. */
  readonly url: URL;
  /** The repository in the registry, for looking up the credential. */
  readonly repository: string;
  /** Looks up the credential. */
  readonly credentials?: Credentials;
  /** Whether the registry was said to be spoken to over plain http. */
  readonly insecure: boolean;
  /**
   * What requests need that do not say so.
   *
   * @default {"pull"}
   */
  readonly access?: "pull" | "push";
}

/** A request to a registry. */
export interface AuthenticatedRequest extends TransportRequest {
  /**
   * What the request needs in the repository. The token that it goes with is
   * good for that.
   *
   * @default that of the options
   */
  readonly access?: "pull" | "push";
  /**
   * Other repositories of the registry that the request reads from: `me/base`.
   *
   * @default {[]}
   */
  readonly readsFrom?: readonly string[];
  /**
   * Whether a refusal is met with what it asks for; otherwise it is the answer.
   *
   * @default {true}
   */
  readonly meetsChallenges?: boolean;
}

/**
 * Sends requests, and answers the registry's challenges. A request that is
 * refused with 401 is sent once more with what the challenge asked for, its
 * body opened anew; a second 401 is final, but for one that names scopes which
 * were not asked for yet.
 *
 * Tokens are replaced before they run out. Callers that need the same token at
 * the same time share one exchange.
 */
export class Authenticator {
  /** Sends requests that need no credential, and tells the time. */
  readonly transport: Transport;
  readonly #options: AuthenticatorOptions;
  readonly #lookUps: SharedWork<Login>;
  readonly #logins: { pull?: Login; push?: Login } = {};

  /**
   * Begins without a credential.
   *
   * @param transport Sends the requests.
   * @param options Which registry, and who asks it.
   */
  constructor(transport: Transport, options: AuthenticatorOptions) {
    this.transport = transport;
    this.#options = options;
    this.#lookUps = new SharedWork();
  }

  /** The clock of the transport. */
  get clock(): Clock {
    return this.transport.clock;
  }

  /** Who asked, and what must not be shown of it, for telling of a failure. */
  get failure(): Omit<FailureContext, "what" | "by"> {
    const { registry } = this.#options;
    const { secrets } = this.transport;
    return {
      ...this.#login?.failure ?? {
        credential: "none",
        registry,
        redact: (text) => secrets.redact(text),
      },
      now: this.clock.now(),
    };
  }

  /** The bearer token in use; empty where there is none. */
  get token(): string {
    return this.#login?.token ?? "";
  }

  /** What has been found out about how the registry knows us. */
  get report(): LoginReport {
    return this.#login?.report ?? { credential: "none", scopesAsked: [] };
  }

  /** Whether a URL belongs to the registry itself. */
  isRegistry(url: URL): boolean {
    return url.origin === this.#options.url.origin;
  }

  /**
   * Sends a request. A request to another origin goes without a credential, and
   * its challenge is not answered.
   *
   * @returns The answer, which is 401 only where no challenge could be met.
   * @throws {RegistryError} Where the token server refuses.
   * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`, as the transport;
   * code `USAGE` where the credential cannot be sent.
   */
  async send(request: AuthenticatedRequest): Promise<Answer> {
    const { access = this.#options.access ?? "pull" } = request;
    const { readsFrom = [], signal, meetsChallenges = true } = request;
    const { url, repository } = this.#options;
    const outgoing = { ...request, trust: url };
    if (!this.isRegistry(request.url)) {
      return await this.transport.send(outgoing);
    }
    const login = await this.#loginFor(access, signal);
    const hasBody = request.body !== undefined;
    let scopes = requestScopes(repository, access, readsFrom);
    let isReplay = false;
    let isWidened = false;
    while (true) {
      const authorization = await login.authorization(
        { scopes, hasBody, signal },
      );
      const answer = await this.transport.send({ ...outgoing, authorization });
      const { status, headers } = answer.response;
      const isRefused = status === 401 || status === 403;
      if (!isRefused || !meetsChallenges || !this.isRegistry(answer.url)) {
        return answer;
      }

      const header = headers.get("www-authenticate");
      const challenges = parseChallenges(header ?? "");
      const { scope = "", error } = challenges.find(({ scheme }) =>
        scheme === "bearer"
      )?.parameters ?? {};
      const named = parseScopes(scope);
      const isShort = error === "insufficient_scope" &&
        !coversScopes(scopes, named);
      if (isShort && authorization !== undefined) {
        if (isWidened) return answer;
        isWidened = true;
      } else if (isReplay || status === 403) {
        return answer;
      }
      // A header that cannot be read is not the same as none.
      const isUnreadable = header !== null && challenges.length === 0;
      if (isUnreadable || !login.challenged(challenges, authorization)) {
        return answer;
      }
      isReplay = true;
      scopes = addScopes(scopes, named);
      await discard(answer.response);
    }
  }

  /** The one that counts: who may push may pull as well. */
  get #login(): Login | undefined {
    return this.#logins.push ?? this.#logins.pull;
  }

  async #loginFor(
    access: "pull" | "push",
    signal: AbortSignal | undefined,
  ): Promise<Login> {
    const { registry, repository, credentials } = this.#options;
    const known = access === "push" ? this.#logins.push : this.#login;
    return known ?? await this.#lookUps.run(access, async (signal) => {
      const request = { repository, access, signal };
      const credential = await credentials?.(registry, request);
      if (credential) checkCredential(credential, registry);
      const { pull } = this.#logins;
      const isKnown = pull !== undefined &&
        JSON.stringify(pull.credential) === JSON.stringify(credential);
      const login = isKnown ? pull : new Login(credential, {
        ...this.#options,
        transport: this.transport,
      });
      this.#logins[access] = login;
      return login;
    }, { what: `find the credential for ${registry}`, signal });
  }
}
