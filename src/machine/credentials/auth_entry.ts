import type { Credential } from "../../registry/auth/credentials.ts";

/** What stands under a key of `auths`. */
export type AuthEntry = Readonly<Record<string, unknown>>;

/**
 * Reads the credential of an entry. Where it holds several, the order is
 * Docker's: `registrytoken`, `identitytoken`, `auth`, `username` with
 * `password`.
 *
 * @returns `undefined` where it holds none: it is in the helper then.
 * @throws {Error} Where it is malformed. The message, the end of a sentence,
 * shows nothing of it.
 */
export function entryCredential(entry: AuthEntry): Credential | undefined {
  const token = text(entry, "registrytoken");
  if (token !== "") return { token };
  const identityToken = text(entry, "identitytoken");
  if (identityToken !== "") return { identityToken };
  const auth = text(entry, "auth");
  if (auth !== "") return decodeAuth(auth);
  const username = text(entry, "username");
  const password = text(entry, "password");
  return username === "" && password === ""
    ? undefined
    : { username, password };
}

/** The entry that holds a user name and a password. */
export function passwordEntry(
  { username, password }: { username: string; password: string },
): AuthEntry {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte));
  return { auth: btoa(binary.join("")) };
}

function text(entry: AuthEntry, name: string): string {
  const value = Object.hasOwn(entry, name) ? entry[name] : undefined;
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new Error(`its ${name} is no text`);
}

function decodeAuth(auth: string): Credential {
  let decoded: string;
  try {
    const standard = auth.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(standard), (c) => c.charCodeAt(0));
    decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    throw new Error("its auth is not base64");
  }
  const colon = decoded.indexOf(":");
  if (colon < 0) throw new Error("its auth is not USER:PASSWORD in base64");
  return {
    username: decoded.slice(0, colon),
    // Docker cuts these off too: old versions padded with them.
    password: withoutZeros(decoded.slice(colon + 1)),
  };
}

function withoutZeros(password: string): string {
  let end = password.length;
  while (end > 0 && password.charCodeAt(end - 1) === 0) end--;
  return password.slice(0, end);
}
