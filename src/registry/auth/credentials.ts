import { ScratchbuildError } from "../../spec/error.ts";

/**
 * What a registry knows its users by, one of the following. An identity token
 * may come with a password, for token servers that do not take it.
 *
 * - a user name, without a colon, and a password, or what the registry gives
 *   out in its place;
 * - a bearer token of the registry itself, which is sent to it as it is;
 * - an identity token, which its token server exchanges for such tokens (a
 *   refresh token, in the words of OAuth2), and nobody else gets to see.
 */
export type Credential =
  & {
    /**
     * Where it was found, for people: `~/.docker/config.json, key ghcr.io`.
     * It holds nothing secret.
     */
    readonly source?: string;
  }
  & (
    | { readonly username: string; readonly password: string }
    | { readonly token: string }
    | { readonly identityToken: string }
  );

/** What a credential is looked up for. */
export interface CredentialRequest {
  /** The repository in the registry: `me/app`. */
  readonly repository?: string;
  /**
   * What is to be done there.
   *
   * @default {"pull"}
   */
  readonly access?: "pull" | "push";
  /** Ends the look-up. */
  readonly signal?: AbortSignal;
}

/**
 * Looks up the credential for a registry, once per target and kind of access,
 * when it is first needed. What was found for pushing is used for pulling too.
 *
 * @param registry The registry as references name it: `docker.io`,
 * `localhost:5000`.
 * @param request What it is for.
 * @returns `undefined` where there is none; the registry is then asked
 * anonymously.
 */
export type Credentials = (
  registry: string,
  request: CredentialRequest,
) => Promise<Credential | undefined> | Credential | undefined;

/**
 * Refuses a credential that cannot stand in a header. The runtimes would do so
 * with an error that shows it.
 *
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkCredential(
  credential: Credential,
  registry: string,
): void {
  const why = [
    ..."token" in credential ? [whyNoToken(credential.token)] : [],
    ..."identityToken" in credential
      ? [whyNoToken(credential.identityToken)]
      : [],
    ..."username" in credential ? [whyNoPassword(credential)] : [],
  ].find((why) => why !== undefined);
  if (why === undefined) return;
  throw new ScratchbuildError(`Cannot log in to ${registry}: ${why}`, {
    code: "USAGE",
  });
}

function whyNoToken(token: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(token)
    ? undefined
    : "the token is empty, or holds other than printable ASCII";
}

function whyNoPassword(
  { username, password }: {
    readonly username: string;
    readonly password: string;
  },
): string | undefined {
  if (/[:\p{Cc}]/u.test(username)) {
    return "the user name holds a colon or a control character";
  }
  return /\p{Cc}/u.test(password)
    ? "the password holds a control character, such as a line end"
    : undefined;
}

/**
 * The `Authorization` header of the scheme Basic.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7617#section-2.1}
 */
export function basicAuthorization(
  username: string,
  password: string,
): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
