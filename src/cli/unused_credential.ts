import { ScratchbuildError } from "../spec/error.ts";

/** The flags and the variables that say a credential. */
const FLAG = /^--(?:username|password|password-stdin|token)(?:=|$)/;
const VARIABLES = ["SCRATCHBUILD_PASSWORD", "SCRATCHBUILD_TOKEN"];

/**
 * Why a registry that is read got no credential though one was given: that is
 * for the registry that is written.
 *
 * @param error What the command failed with.
 * @param inputs The command and its arguments, in the form for stricli.
 * @param env The environment.
 * @returns A sentence without its full stop; nothing where that is not why.
 */
export function unusedCredential(
  error: unknown,
  inputs: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (!(error instanceof ScratchbuildError) || error.code !== "REGISTRY") {
    return undefined;
  }
  const isGiven = inputs.some((text) => FLAG.test(text)) ||
    VARIABLES.some((name) => env[name]);
  if (!isGiven || !error.message.includes("No credential was given")) {
    return undefined;
  }
  return "The one of the flags or the environment is for the registry that is " +
    "written; log in to the one that is read";
}
