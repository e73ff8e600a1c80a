import { saveCredential } from "../../machine/credentials/save_credential.ts";
import { Registry } from "../../machine/registry.ts";
import { orAborted } from "../../spec/or_aborted.ts";
import { printable } from "../../spec/printable.ts";
import type { CliContext } from "../context.ts";
import { notices } from "../notices.ts";
import { parseRegistryName } from "../parse/parse_registry_name.ts";
import { usageError } from "../parse/usage_error.ts";
import { checkUsername, readPassword } from "../read_credentials.ts";
import type { LoginCommandFlags } from "./login.ts";
import { onlyArgument } from "./only_argument.ts";
import { registryOptions } from "./registry_options.ts";

/**
 * Keeps a user name and a password that the registry takes.
 *
 * @throws {RegistryError} Where it does not take them. Nothing is kept then.
 * @throws {ScratchbuildError} Where something is missing, the registry cannot be
 * reached, or nothing can be kept.
 */
export async function runLogin(
  context: CliContext,
  flags: LoginCommandFlags,
  args: readonly string[],
): Promise<void> {
  const { process: { env, stdout, stderr }, signal } = context;
  const registry = parseRegistryName(
    onlyArgument("login", args) ?? "docker.io",
  );
  const told = notices((line) => stderr.write(`${line}\n`), context.now);
  if (flags.password !== undefined) {
    told.warn(
      "other users of this computer can see what --password says while the " +
        "command runs; --password-stdin does not show it",
    );
  }
  const credential = await whoLogsIn(registry, flags, context);
  const { scheme } = await new Registry(`${registry}/login`, {
    ...registryOptions(flags, context, told),
    credentials: () => credential,
  }).checkLogin({ signal });
  if (scheme === undefined) {
    told.warn(
      `${registry} asks nobody who they are, so the password was not checked`,
    );
  }
  const { place, kind } = await saveCredential(registry, credential, {
    env,
    signal,
    onWarning: told.warn,
  });
  stdout.write(
    printable(
      `logged in to ${registry} as ${credential.username}, kept in ${place}` +
        (kind === "file" ? ", not encrypted" : ""),
    ) + "\n",
  );
}

/** The user name and the password: of flags, of the environment, or asked for. */
async function whoLogsIn(
  registry: string,
  flags: LoginCommandFlags,
  { process: { env }, stdin, terminal, signal }: CliContext,
): Promise<{ username: string; password: string }> {
  const fromStdin = flags["password-stdin"] === true;
  if (fromStdin && flags.password !== undefined) {
    throw usageError(
      "Cannot use --password with --password-stdin: give the password once",
    );
  }
  const ask = fromStdin ? undefined : terminal();
  const username = flags.username ?? (env.SCRATCHBUILD_USERNAME || undefined) ??
    await ask?.(`User name at ${registry}: `);
  if (username === undefined) {
    throw usageError(
      `Cannot log in to ${registry}: no user name was given. ` +
        "Add --username or SCRATCHBUILD_USERNAME",
    );
  }
  checkUsername(username);
  const password = fromStdin
    ? await orAborted(readPassword(stdin()), "read the password", signal)
    : flags.password ?? (env.SCRATCHBUILD_PASSWORD || undefined) ??
      await ask?.(`Password of ${username}: `, { hidden: true });
  if (!password) {
    throw usageError(
      `Cannot log in to ${registry}: no password was given. ` +
        "Add --password-stdin or SCRATCHBUILD_PASSWORD",
    );
  }
  return { username, password };
}
