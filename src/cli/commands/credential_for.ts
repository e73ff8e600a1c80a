import type { Credential } from "../../registry/credentials.ts";
import { abortedError } from "../../spec/error.ts";
import type { CliContext } from "../context.ts";
import type { RegistryFlags } from "../flags/registry_flags.ts";
import { usageError } from "../parse/usage_error.ts";
import { readCredentials } from "../read_credentials.ts";
import type { Destination } from "./destinations.ts";

/**
 * The credential for the registry among the places. One password is for one
 * registry: another one shall not get to see it.
 *
 * @throws {ScratchbuildError} Code `USAGE` where it is half given, or there are
 * several registries; code `ABORTED` where the signal came first.
 */
export async function credentialFor(
  places: readonly Destination[],
  flags: RegistryFlags,
  { process, stdin, signal }: CliContext,
): Promise<Credential | undefined> {
  const registries = new Set(
    places.flatMap(({ location }) =>
      location.kind === "registry" ? [location.reference.registry] : []
    ),
  );
  const { username, password, token, "password-stdin": stdinFlag } = flags;
  const isNamed = [username, password, token, stdinFlag].some((flag) =>
    flag !== undefined
  );
  // What the environment says is for registries; a flag is meant.
  if (registries.size === 0 && !isNamed) return undefined;
  const credential = await orAborted(
    readCredentials(flags, process.env, stdin),
    signal,
  );
  if (credential && registries.size > 1) {
    throw usageError(
      `Cannot use one password or token for ${
        [...registries].join(" and ")
      }: ` +
        "push to one registry after the other",
    );
  }
  return credential;
}

/** Waits no longer than until the signal: standard input may never end. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedError("read the password", signal));
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() =>
      signal.removeEventListener("abort", abort)
    );
  });
}
