import { checkCredential } from "../../registry/auth/credentials.ts";
import { isObject, malformed } from "./auth_file.ts";
import { passwordEntry } from "./auth_entry.ts";
import { HelperFailure } from "./credential_helper.ts";
import type { DockerCredentialsOptions } from "./credential_options.ts";
import { credentialsError } from "./credentials_error.ts";
import { entrySource, helperOf } from "./find_in_file.ts";
import { type FilePlace, filePlaces } from "./places.ts";
import { matchingKeys, registryKey, registryName } from "./registry_keys.ts";
import { openFile, openVariable } from "./search_places.ts";
import { updateAuthFile } from "./update_auth_file.ts";

/** What `login` keeps. */
export interface NewCredential {
  /** User name, without a colon. */
  readonly username: string;
  /** Password, or the token that stands for it. */
  readonly password: string;
}

/** Where a credential is kept now. */
export interface SavedCredential {
  /** For people: as the `source` of a credential that is found. */
  readonly place: string;
  /** Whether a helper keeps it, or it lies in the file as it is. */
  readonly kind: "file" | "helper";
}

/**
 * Keeps a credential where `findCredential` finds it first: in the file that
 * `REGISTRY_AUTH_FILE` names, else in podman's file where that has an entry for
 * the registry already, else in Docker's `config.json`; and there in the helper
 * that the file names, else in the file. Other entries, and members that this
 * program does not know, stay as they are.
 *
 * @param registry The registry: `ghcr.io`, `docker.io`, `localhost:5000`.
 * @param credential What is kept, instead of what was kept for the registry.
 * @param options Where to look; `onPlace` is not called.
 * @throws {ScratchbuildError} Code `CREDENTIALS` where the file or the helper
 * does not take it; code `USAGE` where the text is no registry, or the
 * credential cannot be sent; code `ABORTED`.
 */
export async function saveCredential(
  registry: string,
  credential: NewCredential,
  options: DockerCredentialsOptions = {},
): Promise<SavedCredential> {
  const name = registryName(registry);
  checkCredential(credential, name);
  const place = placeToWrite(name, options);
  const file = openFile(place, { ...options, onWarning: undefined });
  const helper = file && helperOf(file, { registry: name }, options);
  const key = registryKey(name);
  try {
    await helper?.store(key, credential);
  } catch (error) {
    if (!(error instanceof HelperFailure)) throw error;
    throw credentialsError(
      `save the credential for ${name}`,
      error.message,
    );
  }
  await updateAuthFile(place, (document) => {
    const auths = document.auths ??= {};
    if (!isObject(auths)) {
      throw malformed(place.shown, "its auths is no JSON object");
    }
    const before = JSON.stringify(auths);
    for (const other of matchingKeys(Object.keys(auths), name).whole) {
      if (other !== key) delete auths[other];
    }
    // Docker leaves an empty entry for what a helper keeps.
    auths[key] = helper ? {} : passwordEntry(credential);
    return !helper || JSON.stringify(auths) !== before;
  }, options.signal);
  warnOfVariable(name, place, options);
  return helper
    ? { place: helper.source, kind: "helper" }
    : { place: entrySource(place.shown, key), kind: "file" };
}

function placeToWrite(
  registry: string,
  options: DockerCredentialsOptions,
): FilePlace {
  const places = filePlaces(options);
  const isUsed = (place: FilePlace) => {
    const file = openFile(place, {});
    const keys = file ? [...file.auths.keys(), ...file.credHelpers.keys()] : [];
    return matchingKeys(keys, registry).whole.length > 0;
  };
  const earlier = places.find((place) =>
    place.kind === "named" || place.kind === "podman" && isUsed(place)
  );
  // Docker's is the last one, and always there.
  return earlier ?? places[places.length - 1] as FilePlace;
}

/** What a variable says comes before Docker's file. */
function warnOfVariable(
  registry: string,
  { kind, shown }: FilePlace,
  options: DockerCredentialsOptions,
): void {
  const file = kind === "docker" ? openVariable(options) : undefined;
  if (!file) return;
  const { whole } = matchingKeys(file.auths.keys(), registry);
  if (whole.length === 0 && !helperOf(file, { registry }, options)) return;
  options.onWarning?.(
    `${file.shown} has a credential for ${registry} too, and comes before ` +
      `${shown}: unset it`,
  );
}
