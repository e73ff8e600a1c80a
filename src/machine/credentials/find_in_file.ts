import type { Credential } from "../../registry/auth/credentials.ts";
import { printable } from "../../spec/printable.ts";
import { entryCredential } from "./auth_entry.ts";
import { type AuthFile, malformed } from "./auth_file.ts";
import { CredentialHelper } from "./credential_helper.ts";
import type { DockerCredentialsOptions } from "./credential_options.ts";
import { matchingKeys, registryKey } from "./registry_keys.ts";

/** A credential of a file, or of a helper that the file names. */
export interface FileCredential {
  /** The credential. */
  readonly credential: Credential;
  /** Where it was, for people. */
  readonly source: string;
  /** Whether the secret itself lies in the file. */
  readonly inFile: boolean;
}

/** What is looked for. */
export interface Target {
  /** As `registryName` has it. */
  readonly registry: string;
  /** The repository in it: `me/app`. */
  readonly repository?: string;
}

/**
 * Looks into a file of credentials: first at what it holds for the repository,
 * then into the helper, then at what it holds for the registry.
 *
 * @param onFailure Told of a helper that could not be asked; unless it throws,
 * the look-up goes on without it.
 * @throws {ScratchbuildError} Code `CREDENTIALS` where the entry is malformed;
 * code `ABORTED`.
 */
export async function findInFile(
  file: AuthFile,
  { registry, repository }: Target,
  options: DockerCredentialsOptions,
  onFailure: (error: unknown) => void,
): Promise<FileCredential | undefined> {
  const keys = matchingKeys(file.auths.keys(), registry, repository);
  const ofRepository = inEntries(file, keys.scoped);
  if (ofRepository) return ofRepository;
  const ofRegistry = [...keys.whole, ...keys.below];
  const helper = helperOf(file, { registry, repository }, options);
  if (helper) {
    const servers = [...keys.scoped, registryKey(registry), ...ofRegistry];
    try {
      for (const server of new Set(servers)) {
        const credential = await helper.get(server);
        if (!credential) continue;
        return { credential, source: helper.source, inFile: false };
      }
    } catch (error) {
      onFailure(error);
    }
  }
  return inEntries(file, ofRegistry);
}

/** The helper that a file names for a repository of a registry. */
export function helperOf(
  file: AuthFile,
  { registry, repository }: Target,
  options: DockerCredentialsOptions,
): CredentialHelper | undefined {
  const keys = matchingKeys(file.credHelpers.keys(), registry, repository);
  const [key] = [...keys.scoped, ...keys.whole, ...keys.below];
  const name = key === undefined ? file.credsStore : file.credHelpers.get(key);
  return name ? new CredentialHelper(name, file.shown, options) : undefined;
}

/** How an entry is called in front of people. */
export function entrySource(file: string, key: string): string {
  return `${file}, key ${printable(key)}`;
}

function inEntries(
  file: AuthFile,
  keys: readonly string[],
): FileCredential | undefined {
  for (const key of keys) {
    let credential: Credential | undefined;
    try {
      credential = entryCredential(file.auths.get(key) ?? {});
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw malformed(entrySource(file.shown, key), why);
    }
    if (!credential) continue;
    const source = entrySource(file.shown, key);
    return { credential, source, inFile: true };
  }
  return undefined;
}
