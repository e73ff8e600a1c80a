import type { AuthEntry } from "./auth_entry.ts";
import { credentialsError } from "./credentials_error.ts";

/**
 * A file of credentials, as Docker's `config.json` and podman's `auth.json`.
 * The maps have the keys as they are written.
 */
export interface AuthFile {
  /** The file for people: `~/.docker/config.json`. */
  readonly shown: string;
  /** The entries. */
  readonly auths: ReadonlyMap<string, AuthEntry>;
  /** The names of the helpers for single registries; empty for none. */
  readonly credHelpers: ReadonlyMap<string, string>;
  /** The name of the helper for all other registries. */
  readonly credsStore?: string;
  /** Whether every user of this machine may read it. */
  readonly isPublic: boolean;
}

/** A document that is not taken apart yet. */
export type AuthDocument = Record<string, unknown>;

/**
 * Reads the text of a file of credentials.
 *
 * @throws {ScratchbuildError} Code `CREDENTIALS` where it is malformed. The
 * message shows nothing of it.
 */
export function parseAuthDocument(text: string, shown: string): AuthDocument {
  // Docker and podman take an empty file for one without entries.
  if (text.trim() === "") return {};
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed(shown, "it is not valid JSON");
  }
  if (isObject(document)) return document;
  throw malformed(shown, "it is no JSON object");
}

/**
 * Takes a document apart.
 *
 * @throws {ScratchbuildError} Code `CREDENTIALS` where it is malformed.
 */
export function toAuthFile(
  document: AuthDocument,
  shown: string,
  isPublic: boolean = false,
): AuthFile {
  const auths = new Map<string, AuthEntry>();
  for (const [key, entry] of members(document, "auths", shown)) {
    if (entry !== null && !isObject(entry)) {
      throw malformed(shown, "one of its auths is no JSON object");
    }
    auths.set(key, entry ?? {});
  }
  const credHelpers = new Map<string, string>();
  for (const [key, name] of members(document, "credHelpers", shown)) {
    if (typeof name !== "string") {
      throw malformed(shown, "one of its credHelpers is no text");
    }
    credHelpers.set(key, name);
  }
  const credsStore = member(document, "credsStore") ?? "";
  if (typeof credsStore !== "string") {
    throw malformed(shown, "its credsStore is no text");
  }
  return {
    shown,
    auths,
    credHelpers,
    ...(credsStore === "" ? {} : { credsStore }),
    isPublic,
  };
}

/** Whether a value of a document is an object, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The error of a file that says something else than it should. */
export function malformed(shown: string, why: string): Error {
  return credentialsError(
    `read ${shown}`,
    `${why}. Mend it, or move it away and log in again`,
  );
}

function member(document: AuthDocument, name: string): unknown {
  return Object.hasOwn(document, name) ? document[name] : undefined;
}

function members(
  document: AuthDocument,
  name: string,
  shown: string,
): [string, unknown][] {
  const value = member(document, name) ?? {};
  if (isObject(value)) return Object.entries(value);
  throw malformed(shown, `its ${name} is no JSON object`);
}
