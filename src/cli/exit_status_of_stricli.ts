import { ExitCode } from "@stricli/core";
import { exitStatus } from "./exit_status.ts";

/** The exit status for stricli's own numbers, the negative ones of which are errors. */
export function exitStatusOfStricli(code: number): number {
  if (code >= 0) return code;
  const wrongUsage = code === ExitCode.UnknownCommand ||
    code === ExitCode.InvalidArgument;
  return wrongUsage ? exitStatus.usage : exitStatus.failed;
}
