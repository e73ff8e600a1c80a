import { isObject } from "./auth_file.ts";
import { HelperFailure } from "./credential_helper.ts";
import type { DockerCredentialsOptions } from "./credential_options.ts";
import { credentialsError } from "./credentials_error.ts";
import { entrySource, helperOf } from "./find_in_file.ts";
import { type FilePlace, filePlaces } from "./places.ts";
import {
  keysWithPaths,
  matchingKeys,
  registryKey,
  registryName,
} from "./registry_keys.ts";
import { openFile } from "./search_places.ts";
import { updateAuthFile } from "./update_auth_file.ts";

/**
 * Removes the credential for a registry from every file and helper of this
 * machine that has it, under every spelling of the registry. Entries for single
 * repositories stay, and a warning names them; so do variables.
 *
 * @param registry The registry: `ghcr.io`, `docker.io`, `localhost:5000`.
 * @param options Where to look; `onPlace` is not called.
 * @returns The places that it was removed from, for people; none where there was
 * nothing to remove.
 * @throws {ScratchbuildError} Code `CREDENTIALS` where a file cannot be read or
 * written, or a helper did not remove it, when all else is done; code `USAGE`
 * where the text is no registry; code `ABORTED`.
 */
export async function eraseCredential(
  registry: string,
  options: DockerCredentialsOptions = {},
): Promise<string[]> {
  const name = registryName(registry);
  const erased: string[] = [];
  const failures: HelperFailure[] = [];
  for (const place of filePlaces(options)) {
    try {
      erased.push(...await eraseFromHelper(name, place, options));
    } catch (error) {
      if (!(error instanceof HelperFailure)) throw error;
      // Nobody gets anything from a helper that is not there.
      if (error.isMissing) options.onWarning?.(error.message);
      else failures.push(error);
    }
    erased.push(...await eraseFromFile(name, place, options));
  }
  warnOfParts(name, options);
  const [failure] = failures;
  if (!failure) return erased;
  throw credentialsError(
    `remove the credential for ${name}`,
    failure.message,
  );
}

async function eraseFromHelper(
  registry: string,
  place: FilePlace,
  options: DockerCredentialsOptions,
): Promise<string[]> {
  const file = openFile(place, {});
  const helper = file && helperOf(file, { registry }, options);
  if (!helper) return [];
  const { whole, below } = matchingKeys(file.auths.keys(), registry);
  const servers = new Set([
    registryKey(registry),
    registry,
    ...whole,
    ...below,
  ]);
  let isErased = false;
  for (const server of servers) {
    if (!await helper.get(server)) continue;
    await helper.erase(server);
    isErased = true;
  }
  return isErased ? [helper.source] : [];
}

async function eraseFromFile(
  registry: string,
  place: FilePlace,
  options: DockerCredentialsOptions,
): Promise<string[]> {
  const file = openFile(place, {});
  const keys = file ? keysOf(registry, file.auths.keys()) : [];
  if (keys.length === 0) return [];
  await updateAuthFile(place, ({ auths }) => {
    if (!isObject(auths)) return false;
    const present = keysOf(registry, Object.keys(auths));
    for (const key of present) delete auths[key];
    return present.length > 0;
  }, options.signal);
  // An empty entry only says that a helper has something.
  return keys.filter((key) =>
    Object.keys(file?.auths.get(key) ?? {}).length > 0
  )
    .map((key) => entrySource(place.shown, key));
}

function keysOf(registry: string, keys: Iterable<string>): string[] {
  const { whole, below } = matchingKeys(keys, registry);
  return [...whole, ...below];
}

function warnOfParts(
  registry: string,
  options: DockerCredentialsOptions,
): void {
  const warn = (text: string) => options.onWarning?.(text);
  for (const place of filePlaces(options)) {
    const keys = openFile(place, {})?.auths.keys() ?? [];
    for (const key of keysWithPaths(keys, registry)) {
      warn(
        `${entrySource(place.shown, key)}, is left: it is for a part of ` +
          `${registry} only. Remove it from the file if it is not wanted`,
      );
    }
  }
}
