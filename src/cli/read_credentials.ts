import type { Credential } from "../registry/auth/credentials.ts";
import type { CredentialFlags } from "./flags/credential_flags.ts";
import { usageError } from "./parse/usage_error.ts";
import type { Environment } from "./source_date_epoch.ts";

const MAX_PASSWORD_BYTES = 64 * 1024;

/**
 * The credential that the flags and the environment name. Flags come before the
 * environment; a user name of the one goes with a password of the other.
 *
 * @param stdin Opens standard input, for `--password-stdin`.
 * @returns `undefined` where neither names one.
 * @throws {ScratchbuildError} Code `USAGE` where it is half given, or given
 * twice. No message holds a password or a token.
 */
export async function readCredentials(
  flags: CredentialFlags,
  env: Environment,
  stdin: () => AsyncIterable<Uint8Array>,
): Promise<Credential | undefined> {
  const fromStdin = flags["password-stdin"] === true;
  const byName = flags.username !== undefined ||
    flags.password !== undefined || fromStdin;
  if (fromStdin && flags.password !== undefined) {
    throw usageError(
      "Cannot use --password with --password-stdin: give the password once",
    );
  }
  if (byName && flags.token !== undefined) {
    throw usageError(
      "Cannot use --token with --username or a password: " +
        "the token takes the place of both",
    );
  }
  if (flags.token !== undefined) return tokenCredential(flags.token, "--token");
  const username = flags.username ?? (env.SCRATCHBUILD_USERNAME || undefined);
  const password = fromStdin
    ? await readPassword(stdin())
    : flags.password ?? (env.SCRATCHBUILD_PASSWORD || undefined);
  const token = byName ? undefined : env.SCRATCHBUILD_TOKEN || undefined;
  if (token !== undefined) {
    if (username !== undefined || password !== undefined) {
      throw usageError(
        "Cannot use SCRATCHBUILD_TOKEN with SCRATCHBUILD_USERNAME or " +
          "SCRATCHBUILD_PASSWORD: the token takes the place of both",
      );
    }
    return tokenCredential(token, "SCRATCHBUILD_TOKEN");
  }
  if (username === undefined && password === undefined) return undefined;
  const source = [
    flags.username === undefined ? "SCRATCHBUILD_USERNAME" : "--username",
    fromStdin
      ? "--password-stdin"
      : flags.password === undefined
      ? "SCRATCHBUILD_PASSWORD"
      : "--password",
  ].join(" and ");
  checkUsername(username ?? "");
  if (!password) {
    throw usageError(
      "Cannot use a user name without a password: " +
        "add --password-stdin or SCRATCHBUILD_PASSWORD",
    );
  }
  return { username: username ?? "", password, source };
}

/**
 * Refuses a user name that no registry can be told.
 *
 * @throws {ScratchbuildError} Code `USAGE`.
 */
export function checkUsername(username: string): void {
  if (username === "") {
    throw usageError(
      "Cannot use a password without a user name: " +
        "add --username or SCRATCHBUILD_USERNAME",
    );
  }
  // RFC 7617 joins the two by a colon.
  if (username.includes(":")) {
    throw usageError("Cannot use a user name that holds a colon");
  }
}

function tokenCredential(token: string, where: string): Credential {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw usageError(
      `Cannot use ${where}: a token is visible ASCII characters, ` +
        "without spaces and line ends, and not empty",
    );
  }
  return { token, source: where };
}

/**
 * Standard input without the line end that `echo` and files end in.
 *
 * @throws {ScratchbuildError} Code `USAGE` where it is empty, or far too long.
 */
export async function readPassword(
  stdin: AsyncIterable<Uint8Array>,
): Promise<string> {
  const decoder = new TextDecoder();
  let length = 0;
  let text = "";
  for await (const chunk of stdin) {
    length += chunk.byteLength;
    if (length > MAX_PASSWORD_BYTES) {
      throw usageError(
        `Cannot use --password-stdin: it is longer than ${MAX_PASSWORD_BYTES} ` +
          "bytes, so it is probably not a password",
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  const password = (text + decoder.decode()).replace(/\r?\n$/, "");
  if (password === "") {
    throw usageError("Cannot use --password-stdin: standard input is empty");
  }
  return password;
}
