import { usageError } from "../parse/usage_error.ts";

/**
 * The one argument of a command that takes no more than one.
 *
 * @returns `undefined` where there is none.
 * @throws {ScratchbuildError} Code `USAGE` where there are several. They are not
 * shown, as one of them can be a password.
 */
export function onlyArgument(
  command: string,
  args: readonly string[],
): string | undefined {
  if (args.length <= 1) return args[0];
  throw usageError(
    `Cannot use ${args.length} arguments: there is one; ` +
      `see scratchbuild ${command} --help`,
  );
}
