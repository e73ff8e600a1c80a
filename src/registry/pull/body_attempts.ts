import { ScratchbuildError } from "../../spec/error.ts";
import { networkError } from "../http/network_error.ts";
import type { RetryTask } from "../http/retries.ts";
import type { Repository } from "../repository.ts";

/**
 * Counts how often the body of an answer broke off, and waits before it is
 * asked for again. The transport does the same for requests without an answer.
 * {@linkcode BodyAttempts.end} must be called.
 */
export class BodyAttempts {
  readonly #repository: Repository;
  readonly #signal: AbortSignal | undefined;
  readonly #task: RetryTask;

  /**
   * Begins to count.
   *
   * @param repository Whose content it is.
   * @param signal Ends the waiting.
   */
  constructor(repository: Repository, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#signal = signal;
    const { transport } = repository.authenticator;
    this.#task = transport.retries.task(repository.url.host);
  }

  /**
   * Waits, where another attempt may help.
   *
   * @param error What the attempt failed with.
   * @param last What to throw in its place, where the network may not be to
   * blame for it.
   * @throws The error, where no other attempt may help, or there were enough.
   */
  async next(error: unknown, last: unknown = error): Promise<void> {
    if (!isNetworkError(error)) throw error;
    const delay = this.#task.delay({ error: error.cause });
    if (delay === undefined) throw last;
    await this.#repository.authenticator.clock.sleep(delay, this.#signal);
  }

  /** Notes that an attempt brought something: they are counted anew. */
  progress(): void {
    this.#task.progress();
  }

  /** Ends the counting. */
  end(): void {
    this.#task.end();
  }
}

/** The error of a body that ended before its end, as if all were well. */
export function brokenOff(url: URL): ScratchbuildError {
  return networkError(url, new Error("connection closed before the end"));
}

function isNetworkError(error: unknown): error is ScratchbuildError {
  return error instanceof ScratchbuildError && error.code === "NETWORK";
}
