import { ScratchbuildError } from "../spec/error.ts";

/**
 * What a registry knows its users by: a user name, without a colon, and a
 * password, or what the registry gives out in its place; or a bearer token of
 * the registry itself, which is sent to it as it is.
 */
export type Credential =
  | { readonly username: string; readonly password: string }
  | { readonly token: string };

/**
 * Looks up the credential for a registry, once per target, when it is first
 * needed.
 *
 * @param registry The registry as references name it: `docker.io`,
 * `localhost:5000`.
 * @returns `undefined` where there is none; the registry is then asked
 * anonymously.
 */
export type Credentials = (
  registry: string,
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
  const why = "token" in credential
    ? /^[\x21-\x7e]+$/.test(credential.token)
      ? undefined
      : "the token is empty, or holds other than printable ASCII"
    : /[:\p{Cc}]/u.test(credential.username)
    ? "the user name holds a colon or a control character"
    : /\p{Cc}/u.test(credential.password)
    ? "the password holds a control character, such as a line end"
    : undefined;
  if (why === undefined) return;
  throw new ScratchbuildError(`Cannot log in to ${registry}: ${why}`, {
    code: "USAGE",
  });
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
