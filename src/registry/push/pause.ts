import { abortedError } from "../../spec/error.ts";
import { backoff } from "../http/backoff.ts";
import type { Repository } from "../repository.ts";
import type { UploadWork } from "./upload_options.ts";

/** How a {@linkcode pause} is made. */
export interface PauseOptions extends Pick<UploadWork, "random" | "signal"> {
  /** How often the thing has failed so far, at least 1. */
  readonly failures: number;
}

/**
 * Waits until something may have got about in a registry.
 *
 * @throws {ScratchbuildError} Code `ABORTED` where the signal ends the wait.
 */
export async function pause(
  repository: Repository,
  { failures, random = Math.random, signal }: PauseOptions,
): Promise<void> {
  // It is no trouble of the server, which a short wait would be for.
  await wait(repository, backoff(failures + 2, random), signal);
}

/**
 * Waits.
 *
 * @throws {ScratchbuildError} Code `ABORTED` where the signal ends the wait.
 */
export async function wait(
  { authenticator: { clock }, name }: Repository,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await clock.sleep(milliseconds, signal);
  } catch (cause) {
    if (!signal?.aborted) throw cause;
    throw abortedError(`push to ${name}`, signal);
  }
}
