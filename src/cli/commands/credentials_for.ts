import type { DockerCredentialsOptions } from "../../machine/credentials/credential_options.ts";
import { dockerCredentials } from "../../machine/credentials/docker_credentials.ts";
import type {
  Credential,
  Credentials,
} from "../../registry/auth/credentials.ts";
import { orAborted } from "../../spec/or_aborted.ts";
import type { CliContext } from "../context.ts";
import type { CredentialFlags } from "../flags/credential_flags.ts";
import { usageError } from "../parse/usage_error.ts";
import { readCredentials } from "../read_credentials.ts";

/**
 * Where the credentials of registries come from: the flags, the environment,
 * then what this machine has. One password of a flag is for one registry:
 * another one shall not get to see it.
 *
 * @param registries All registries that will be spoken to, once each.
 * @param told Is told of what is found on the way.
 * @throws {ScratchbuildError} Code `USAGE` where it is half given, or there are
 * several registries; code `ABORTED` where the signal came first.
 */
export async function credentialsFor(
  registries: readonly string[],
  flags: CredentialFlags,
  { process, stdin, signal }: CliContext,
  told: Pick<DockerCredentialsOptions, "onPlace" | "onWarning">,
): Promise<Credentials> {
  const { username, password, token, "password-stdin": stdinFlag } = flags;
  const isNamed = [username, password, token, stdinFlag].some((flag) =>
    flag !== undefined
  );
  // What the environment says is for registries; a flag is meant.
  const credential: Credential | undefined = registries.length > 0 || isNamed
    ? await orAborted(
      readCredentials(flags, process.env, stdin),
      "read the password",
      signal,
    )
    : undefined;
  if (!credential) return machineCredentials({ process, signal }, told);
  if (registries.length > 1) {
    throw usageError(
      `Cannot use one password or token for ${registries.join(" and ")}: ` +
        "name one registry at a time, or log in to each by scratchbuild login",
    );
  }
  return () => credential;
}

/** Credentials of what this machine has, whatever flags and environment say. */
export function machineCredentials(
  { process, signal }: Pick<CliContext, "process" | "signal">,
  told: Pick<DockerCredentialsOptions, "onPlace" | "onWarning">,
): Credentials {
  return once(dockerCredentials({ env: process.env, signal, ...told }));
}

/** Looks nothing up twice: a helper may take its time, or ask a person. */
function once(credentials: Credentials): Credentials {
  const known = new Map<string, ReturnType<Credentials>>();
  return (registry, request) => {
    const { repository, access } = request;
    const key = JSON.stringify([registry, repository, access]);
    const found = known.get(key) ?? credentials(registry, request);
    known.set(key, found);
    return found;
  };
}
