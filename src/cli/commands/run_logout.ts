import { eraseCredential } from "../../machine/credentials/erase_credential.ts";
import { findCredential } from "../../machine/credentials/find_credential.ts";
import { printable } from "../../spec/printable.ts";
import type { CliContext } from "../context.ts";
import { notices } from "../notices.ts";
import { parseRegistryName } from "../parse/parse_registry_name.ts";
import { onlyArgument } from "./only_argument.ts";

/**
 * Removes the credential for a registry, and says where it was.
 *
 * @throws {ScratchbuildError} Where a file or a helper does not give it up.
 */
export async function runLogout(
  context: CliContext,
  args: readonly string[],
): Promise<void> {
  const { process: { env, stdout, stderr }, signal } = context;
  const registry = parseRegistryName(
    onlyArgument("logout", args) ?? "docker.io",
  );
  const { warn } = notices((line) => stderr.write(`${line}\n`), context.now);
  const places = await eraseCredential(registry, {
    env,
    signal,
    onWarning: warn,
  });
  const say = (line: string) => stdout.write(`${printable(line)}\n`);
  say(
    places.length > 0
      ? `logged out of ${registry}, removed from ${places.join(" and ")}`
      : `not logged in to ${registry}, nothing to remove`,
  );
  // A CI system, or another file, may have one too. What is wrong with the
  // places has been told by now.
  const left = await findCredential(registry, {}, { env, signal });
  if (left) say(`still used for ${registry}: ${left.source}`);
}
