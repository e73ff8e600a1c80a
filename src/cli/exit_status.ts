import { ScratchbuildError } from "../spec/error.ts";
import { Interruption } from "./context.ts";

/** The exit statuses of the command. */
export const exitStatus = {
  /** Everything was done. */
  done: 0,
  /** The image could not be built or written. */
  failed: 1,
  /** The command was called wrongly. */
  usage: 2,
  /** The registry refused the credentials, or wants some, or they cannot be read. */
  refused: 3,
  /** The registry, or the way to it, failed. */
  registry: 4,
} as const;

/**
 * The exit status for what a command failed with.
 *
 * @param signal The one that the command ran under: whatever fails after an
 * interruption was interrupted.
 */
export function exitStatusOf(error: unknown, signal: AbortSignal): number {
  if (signal.aborted && signal.reason instanceof Interruption) {
    return signal.reason.exitStatus;
  }
  if (!(error instanceof ScratchbuildError)) return exitStatus.failed;
  switch (error.code) {
    case "USAGE":
    case "REFERENCE_SYNTAX":
    case "PLATFORM_SYNTAX":
      return exitStatus.usage;
    case "REGISTRY": {
      const { status } = error as { status?: unknown };
      return status === 401 || status === 403
        ? exitStatus.refused
        : exitStatus.registry;
    }
    case "CREDENTIALS":
      return exitStatus.refused;
    case "NETWORK":
    case "DIGEST_MISMATCH":
      return exitStatus.registry;
    default:
      return exitStatus.failed;
  }
}
