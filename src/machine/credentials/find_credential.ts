import type {
  Credential,
  CredentialRequest,
} from "../../registry/auth/credentials.ts";
import { HelperFailure } from "./credential_helper.ts";
import type {
  DockerCredentialsOptions,
  SearchedPlace,
} from "./credential_options.ts";
import { credentialsError } from "./credentials_error.ts";
import { findInFile, type Target } from "./find_in_file.ts";
import { registryName } from "./registry_keys.ts";
import { type OpenPlace, placesToSearch } from "./search_places.ts";

/** A credential, and where it was found. */
export interface FoundCredential {
  /** The credential. */
  readonly credential: Credential;
  /**
   * Where it was found, for people: `~/.docker/config.json, key ghcr.io`,
   * `docker-credential-pass, named in ~/.docker/config.json`, `GITHUB_TOKEN`.
   */
  readonly source: string;
}

/**
 * Looks up the credential of this machine for a registry. The first place that
 * has one counts:
 *
 * 1. the file that `REGISTRY_AUTH_FILE` names;
 * 2. podman's `auth.json`: in `$XDG_RUNTIME_DIR/containers` (without that
 *    variable, on Linux, `/run/containers/UID`), then in
 *    `$XDG_CONFIG_HOME/containers` (else `~/.config/containers`);
 * 3. the variable `DOCKER_AUTH_CONFIG`, which holds such a file itself;
 * 4. Docker's `config.json`, in `$DOCKER_CONFIG` (else `~/.docker`);
 * 5. `GITHUB_TOKEN` with `GITHUB_ACTOR`, for ghcr.io;
 * 6. `CI_REGISTRY_USER` with `CI_REGISTRY_PASSWORD`, then `CI_JOB_TOKEN`, for
 *    the registry that `CI_REGISTRY` names.
 *
 * In a file, an entry for the repository comes before the helper, and the helper
 * before the entry for the registry. A helper that cannot be asked is passed
 * over with a warning, but where the credential is for a push: that is an error
 * then, as what comes after it is another identity.
 *
 * @param registry The registry: `ghcr.io`, `docker.io`, `localhost:5000`.
 * @param request What the credential is for.
 * @param options Where to look.
 * @returns `undefined` where there is none.
 * @throws {ScratchbuildError} Code `CREDENTIALS` where a file cannot be read or
 * is malformed, or a helper cannot be asked before a push; code `ABORTED`;
 * code `USAGE` where the text is no registry.
 * @see {@link https://docs.docker.com/reference/cli/docker/login/#credential-stores}
 */
export async function findCredential(
  registry: string,
  request: CredentialRequest = {},
  options: DockerCredentialsOptions = {},
): Promise<FoundCredential | undefined> {
  const name = registryName(registry);
  const target = { registry: name, repository: request.repository };
  const asked = { ...options, signal: request.signal ?? options.signal };
  const failures: HelperFailure[] = [];
  const onFailure = (error: unknown) => {
    if (!(error instanceof HelperFailure)) throw error;
    if (request.access === "push") {
      throw credentialsError(`find the credential for ${name}`, error.message);
    }
    failures.push(error);
  };
  for (const { shown, open } of placesToSearch(name, asked)) {
    const before = failures.length;
    let outcome: SearchedPlace["outcome"] = "unusable";
    try {
      const place = open();
      const found = place && await search(place, target, asked, onFailure);
      if (found) outcome = "found";
      else if (!place) outcome = "absent";
      else if (failures.length === before) outcome = "nothing";
      if (!found) continue;
      warnOf(failures, options);
      const { credential, source } = found;
      return { credential: { ...credential, source }, source };
    } finally {
      options.onPlace?.({ place: shown, outcome });
    }
  }
  warnOf(failures, options);
  return undefined;
}

async function search(
  place: OpenPlace,
  target: Target,
  options: DockerCredentialsOptions,
  onFailure: (error: unknown) => void,
): Promise<FoundCredential | undefined> {
  if ("credential" in place) return place;
  const found = await findInFile(place, target, options, onFailure);
  if (found?.inFile && place.isPublic) {
    options.onWarning?.(
      `${place.shown} holds a password that every user of this machine can ` +
        "read: run chmod 600 on it",
    );
  }
  return found;
}

/** Helpers that could not be asked, where no push was meant. */
function warnOf(
  failures: readonly HelperFailure[],
  options: DockerCredentialsOptions,
): void {
  for (const { message } of failures) options.onWarning?.(message);
}
