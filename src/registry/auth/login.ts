import type { Challenge } from "../http/challenge.ts";
import type { FailureContext } from "../http/registry_failure.ts";
import type { LoginReport } from "./access_report.ts";
import { basicAuthorization, type Credential } from "./credentials.ts";
import {
  type Applicant,
  type TokenNeed,
  TokenStore,
  type TokenStoreOptions,
} from "./token_store.ts";

/**
 * One identity at a registry, and how the registry wants to see it. What came
 * of it, its tokens, is never used for another.
 */
export class Login {
  /** What the identity is proved with; absent for nobody in particular. */
  readonly credential: Credential | undefined;
  /** Who asks, for telling of a failure. */
  readonly failure: Omit<FailureContext, "what" | "by">;
  readonly #basic: string | undefined;
  readonly #tokens: TokenStore;
  /** `Authorization` that goes with every request, where it is no token. */
  #fixed: string | undefined;
  #challenge: Challenge | undefined;
  /** The scheme that the registry asked for, also where we have nothing for it. */
  #asked: string | undefined;

  /** Begins without asking anybody. */
  constructor(credential: Credential | undefined, options: TokenStoreOptions) {
    const { registry, transport: { secrets } } = options;
    const { source } = credential ?? {};
    this.credential = credential;
    this.failure = {
      credential: kindOf(credential),
      registry,
      ...(source === undefined ? {} : { source }),
      redact: (text) => secrets.redact(text),
    };
    const password = passwordOf(credential);
    const identityToken = credential && "identityToken" in credential
      ? credential.identityToken
      : undefined;
    if (password) {
      this.#basic = basicAuthorization(password.username, password.password);
      secrets.add(password.password);
      secrets.add(this.#basic.slice("Basic ".length));
    }
    if (identityToken !== undefined) secrets.add(identityToken);
    if (credential && "token" in credential) {
      this.#fixed = `Bearer ${credential.token}`;
      secrets.add(credential.token);
    }
    const applicant = { password, identityToken, failure: this.failure };
    this.#tokens = new TokenStore(applicant, options);
  }

  /** The newest bearer token; empty where there is none. */
  get token(): string {
    const { credential } = this;
    if (credential && "token" in credential) return credential.token;
    return this.#tokens.newest?.token ?? "";
  }

  /** What has been found out so far. */
  get report(): LoginReport {
    const { credential, source } = this.failure;
    const { realm, service } = this.#challenge?.parameters ?? {};
    const { scopesAsked, newest } = this.#tokens;
    const scheme = this.#asked ??
      this.#fixed?.split(" ", 1)[0]?.toLowerCase();
    const url = realm !== undefined && URL.canParse(realm)
      ? new URL(realm)
      : undefined;
    return {
      credential,
      ...(source === undefined ? {} : { source }),
      ...(scheme === undefined ? {} : { scheme }),
      ...(url ? { realm: url.origin + url.pathname } : {}),
      ...(service === undefined ? {} : { service }),
      scopesAsked,
      ...(newest?.scopes ? { scopesGranted: newest.scopes } : {}),
      ...(newest ? { expiresIn: Math.floor(newest.life / 1000) } : {}),
    };
  }

  /**
   * What a request goes with: nothing until the registry asks, the password
   * where it wants that, else a token.
   *
   * @throws {RegistryError} Where the token server refuses, or must not be
   * asked.
   * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
   */
  async authorization(need: TokenNeed): Promise<string | undefined> {
    if (this.#fixed !== undefined) return this.#fixed;
    if (!this.#challenge) return undefined;
    return `Bearer ${(await this.#tokens.get(this.#challenge, need)).token}`;
  }

  /**
   * Learns how the registry wants to be spoken to.
   *
   * @param challenges What it answered; none where it only said no.
   * @param sent The `Authorization` that it refused. A token that has been
   * replaced meanwhile has its replacement stay.
   * @returns Whether there is something else to send.
   */
  challenged(
    challenges: readonly Challenge[],
    sent: string | undefined,
  ): boolean {
    const isBare = challenges.length === 0;
    const basic = challenges.find(({ scheme }) => scheme === "basic");
    const bearers = challenges.filter(({ scheme }) => scheme === "bearer");
    const complete = bearers.find(({ parameters }) => parameters.realm);
    this.#asked = (complete ?? basic ?? bearers[0])?.scheme ?? this.#asked;
    if (this.failure.credential === "token") return false;
    const takesPassword = this.#basic !== undefined &&
      (isBare || basic !== undefined);
    const bearer = complete ??
      // Not every refusal of a token that has expired says so.
      (isBare ? this.#challenge : takesPassword ? undefined : bearers[0]);
    if (bearer) {
      this.#fixed = undefined;
      this.#challenge = bearer;
      this.#tokens.drop(sent?.replace(/^Bearer /, "") ?? "");
      return true;
    }
    if (!takesPassword || this.#basic === sent) return false;
    this.#fixed = this.#basic;
    this.#challenge = undefined;
    return true;
  }
}

function kindOf(
  credential: Credential | undefined,
): FailureContext["credential"] {
  if (!credential) return "none";
  if ("token" in credential) return "token";
  return "identityToken" in credential ? "identity token" : "password";
}

function passwordOf(
  credential: Credential | undefined,
): Applicant["password"] {
  if (!credential || !("username" in credential)) return undefined;
  const { username, password } = credential;
  // Some tools keep an identity token beside a user name without a password.
  const isUseless = password === "" && "identityToken" in credential;
  return isUseless ? undefined : { username, password };
}
