import { type CliContext, Interruption } from "./context.ts";
import type { OpenUploads } from "./open_uploads.ts";

/** Has the error of an interruption say that the next run goes on. */
export function noteInterruption(
  uploads: OpenUploads | undefined,
  { signal }: CliContext,
): void {
  if (uploads && signal.reason instanceof Interruption) {
    signal.reason.isResumable = uploads.isResumable;
  }
}
