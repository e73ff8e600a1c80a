import type { SearchedPlace } from "../../machine/credentials/credential_options.ts";
import { parseLocation } from "../../machine/location.ts";
import { Registry } from "../../machine/registry.ts";
import type { AccessReport } from "../../registry/auth/access_report.ts";
import type { Credential } from "../../registry/auth/credentials.ts";
import { accessDocument, accessLines, type FoundAccess } from "../access.ts";
import type { CliContext } from "../context.ts";
import { messageLine } from "../error_line.ts";
import { exitStatus } from "../exit_status.ts";
import { jsonText } from "../json_text.ts";
import { notices } from "../notices.ts";
import { quoted, usageError } from "../parse/usage_error.ts";
import type { AuthFlags } from "./auth.ts";
import { credentialsFor } from "./credentials_for.ts";
import { onlyArgument } from "./only_argument.ts";
import { registryOptions } from "./registry_options.ts";

/**
 * Shows the credential for a repository and what the registry makes of it. The
 * exit status says whether a push would be allowed.
 *
 * @throws {ScratchbuildError} Where it cannot be found out.
 */
export async function runAuth(
  context: CliContext,
  flags: AuthFlags,
  args: readonly string[],
): Promise<void> {
  const { process: { stdout, stderr }, signal } = context;
  const location = parseLocation(onlyArgument("auth", args) ?? missing());
  if (location.kind !== "registry") {
    throw usageError(
      `Cannot look at ${quoted(args[0] ?? "")}: write a repository in a ` +
        "registry, as in ghcr.io/me/app",
    );
  }
  const { reference } = location;
  const told = notices((line) => stderr.write(`${line}\n`), context.now);
  const places = new Map<string, SearchedPlace>();
  const credentials = await credentialsFor(
    [reference.registry],
    flags,
    context,
    {
      onWarning: told.warn,
      onPlace: (place) => places.set(place.place, place),
    },
  );
  let credential: Credential | undefined;
  const registry = new Registry(reference, {
    ...registryOptions(flags, context, told),
    credentials: async (...request) => {
      credential = await credentials(...request);
      return credential;
    },
  });
  const report = await registry.checkAccess({ signal });
  const found: FoundAccess = {
    reference,
    report,
    places: [...places.values()],
    ...(credential && "username" in credential &&
      { username: credential.username }),
  };
  stdout.write(
    flags.json
      ? jsonText(accessDocument(found))
      : accessLines(found).map((line) => `${line}\n`).join(""),
  );
  if (report.refusal !== undefined) {
    stderr.write(`${messageLine(report.refusal)}\n`);
  }
  context.process.exitCode = statusOf(report);
}

function statusOf({ mayPush }: AccessReport): number {
  if (mayPush) return exitStatus.done;
  return mayPush === false ? exitStatus.refused : exitStatus.registry;
}

function missing(): never {
  throw usageError(
    "Cannot look at a repository: name one, as in " +
      "scratchbuild auth ghcr.io/me/app",
  );
}
