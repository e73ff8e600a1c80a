import type { Credentials } from "../../registry/auth/credentials.ts";
import type { DockerCredentialsOptions } from "./credential_options.ts";
import { findCredential } from "./find_credential.ts";

/**
 * The credentials of this machine: what `docker login`, `podman login` and
 * `scratchbuild login` left in their files and helpers, then what a CI system
 * put into the environment. {@linkcode findCredential} says where it looks.
 *
 * @example
 * ```ts
 * import { dockerCredentials, Registry } from "@x/scratchbuild";
 *
 * const credentials = dockerCredentials();
 * const registry = new Registry("ghcr.io/me/app:1.0", { credentials });
 * console.log(registry.name); // ghcr.io/me/app
 * ```
 *
 * @returns A function that throws what {@linkcode findCredential} does. The same
 * warning is given once.
 */
export function dockerCredentials(
  options: DockerCredentialsOptions = {},
): Credentials {
  const told = new Set<string>();
  const onWarning = (text: string) => {
    if (told.has(text)) return;
    told.add(text);
    options.onWarning?.(text);
  };
  return async (registry, request) => {
    const found = await findCredential(registry, request, {
      ...options,
      onWarning,
    });
    return found?.credential;
  };
}
