import { discard } from "./capped_body.ts";
import { parseChallenges } from "./challenge.ts";
import {
  basicAuthorization,
  checkCredential,
  type Credential,
  type Credentials,
} from "./credentials.ts";
import type { FailureContext } from "./registry_failure.ts";
import { fetchToken } from "./token.ts";
import type { Answer, Transport, TransportRequest } from "./transport.ts";

/** What an {@linkcode Authenticator} works with. */
export interface AuthenticatorOptions {
  /** The registry as references name it, for looking up the credential. */
  readonly registry: string;
  /** Where the registry is. Its origin alone is sent credentials. */
  readonly url: URL;
  /** What a token is to be good for: `repository:me/app:pull,push`. */
  readonly scope: string;
  /** Looks up the credential. */
  readonly credentials?: Credentials;
  /** Whether the registry was said to be spoken to over plain http. */
  readonly insecure: boolean;
}

/**
 * Sends requests, and answers the registry's challenges: a request that is
 * refused with 401 is sent once more with what the challenge asked for. A
 * second 401 is final.
 */
export class Authenticator {
  readonly #transport: Transport;
  readonly #options: AuthenticatorOptions;
  readonly #secrets = new Set<string>();
  #credential: Promise<Credential | undefined> | undefined;
  #kind: FailureContext["credential"] = "none";
  #authorization: string | undefined;

  /**
   * Begins without a credential.
   *
   * @param transport Sends the requests.
   * @param options Which registry, and who asks it.
   */
  constructor(transport: Transport, options: AuthenticatorOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  /** Who asked, and what must not be shown of it, for telling of a failure. */
  get failure(): Pick<FailureContext, "credential" | "redact"> {
    return {
      credential: this.#kind,
      redact: (text) =>
        [...this.#secrets].reduce(
          (rest, secret) => rest.replaceAll(secret, "[secret]"),
          text,
        ),
    };
  }

  /** The bearer token in use; empty where there is none. */
  get token(): string {
    return /^Bearer (.*)$/.exec(this.#authorization ?? "")?.[1] ?? "";
  }

  /** Whether a URL belongs to the registry itself. */
  isRegistry(url: URL): boolean {
    return url.origin === this.#options.url.origin;
  }

  /**
   * Sends a request.
   *
   * @returns The answer, which is 401 only where no challenge could be met.
   * @throws {RegistryError} Where the token server refuses.
   * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`, as the transport;
   * code `USAGE` where the credential cannot be sent.
   */
  async send(request: TransportRequest): Promise<Answer> {
    if (!this.isRegistry(request.url)) {
      return await this.#transport.send(request);
    }
    const credential = await (this.#credential ??= this.#lookUp());
    const authorization = this.#authorization;
    const answer = await this.#transport.send({ ...request, authorization });
    const { response, url } = answer;
    if (response.status !== 401 || !this.isRegistry(url)) return answer;

    const basic = credential && "password" in credential
      ? basicAuthorization(credential.username, credential.password)
      : undefined;
    const header = response.headers.get("www-authenticate") ?? "";
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer && this.#kind !== "token") {
      await discard(response);
      const { signal } = request;
      const token = await fetchToken(this.#transport, {
        ...this.#options,
        challenge: bearer,
        authorization: basic,
        signal,
        failure: this.failure,
      });
      this.#secrets.add(token);
      this.#authorization = `Bearer ${token}`;
    } else if (
      basic !== undefined && basic !== authorization &&
      challenges.some(({ scheme }) => scheme === "basic")
    ) {
      await discard(response);
      this.#authorization = basic;
    } else {
      return answer;
    }
    return await this.#transport.send({
      ...request,
      authorization: this.#authorization,
    });
  }

  async #lookUp(): Promise<Credential | undefined> {
    const { credentials, registry } = this.#options;
    const credential = await credentials?.(registry);
    if (!credential) return undefined;
    checkCredential(credential, registry);
    if ("token" in credential) {
      this.#kind = "token";
      this.#secrets.add(credential.token);
      this.#authorization = `Bearer ${credential.token}`;
    } else {
      const { username, password } = credential;
      this.#kind = "password";
      this.#secrets.add(basicAuthorization(username, password).slice(6));
      if (password !== "") this.#secrets.add(password);
    }
    return credential;
  }
}
