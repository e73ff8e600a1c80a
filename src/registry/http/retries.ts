import { RegistryError } from "../registry_error.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { durationText } from "./duration_text.ts";
import { isTransient, networkFault } from "./network_error.ts";
import { retryAfter } from "./retry_after.ts";

/** How often and how long a request is tried again. */
export interface RetryOptions {
  /**
   * Attempts at one request, the first one counted.
   *
   * @default {6}
   */
  readonly attempts?: number;
  /**
   * Milliseconds for which a host is tried again, by all requests together,
   * counted from its first failure, until it answers well again. Each request
   * is made three times at least, however long that takes.
   *
   * @default {120_000}
   */
  readonly budget?: number;
}

/** An attempt that failed. */
export interface RetryEvent {
  /** The host. */
  readonly host: string;
  /** Why, in a few words: `it answered 503`, `it closed the connection`. */
  readonly why: string;
  /** Milliseconds until the next attempt. */
  readonly delay: number;
}

/**
 * What an attempt came to: an answer, or what the runtime threw, itself or as
 * the cause of an error of code `NETWORK`.
 */
export type Outcome =
  | { readonly response: Response; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: unknown };

/** What {@linkcode Retries} works with. */
export interface RetriesOptions {
  /** Tells the time, and waits. */
  readonly clock: Clock;
  /** Gives numbers from 0 up to, but not including, 1. */
  readonly random: () => number;
  /** How often, and how long. */
  readonly retry?: RetryOptions;
  /** Is told of every attempt that is made again. */
  readonly onRetry?: (retry: RetryEvent) => void;
}

/** Milliseconds that a server may ask to be left alone and is waited for. */
const LONGEST_WAIT = 60_000;

/** Finding one dead connection can take the whole of the time; it is no proof. */
const LEAST_ATTEMPTS = 3;

/**
 * What a server or a proxy answers when it fails for a moment. The numbers from
 * 520 on are those of Cloudflare.
 */
const TRANSIENT: ReadonlySet<number> = new Set(
  [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529],
);

/** A host that fails. */
interface Trouble {
  /** When it began to, by the clock. */
  readonly since: number;
  /** The tasks that wait for it to get better. */
  readonly tasks: Set<RetryTask>;
}

/** Something that may fail several times, such as a request. */
export interface RetryTask {
  /**
   * Takes a failure in, and tells of it where it is not the last one.
   *
   * @returns Milliseconds to wait before the next attempt; `undefined` where
   * the outcome stands.
   * @throws {RegistryError} Where the server asks to be left alone for longer
   * than anybody would wait.
   */
  delay(outcome: Outcome): number | undefined;
  /** Notes that it goes well: failures are counted anew. */
  progress(): void;
  /** Ends it. */
  end(): void;
}

/**
 * Decides whether and when something is tried again. One is shared by all
 * requests, so that a host that is down fails all of them in bounded time.
 */
export class Retries {
  readonly #options: RetriesOptions;
  readonly #troubles = new Map<string, Trouble>();

  /** @param options How often and how long. */
  constructor(options: RetriesOptions) {
    this.#options = options;
  }

  /**
   * Begins something that may fail several times. It is to be ended.
   *
   * @param host Who is asked for it.
   * @param attempts How often it may fail in a row.
   * @default {RetryOptions.attempts}
   */
  task(
    host: string,
    attempts: number = this.#options.retry?.attempts ?? 6,
  ): RetryTask {
    const { clock, random, onRetry, retry } = this.#options;
    const { budget = 120_000 } = retry ?? {};
    const troubles = this.#troubles;
    let failures = 0;
    const task: RetryTask = {
      delay: (outcome) => {
        if (!mayPass(outcome)) {
          if (outcome.response) task.progress();
          return undefined;
        }
        failures++;
        const now = clock.now();
        const trouble = troubles.get(host) ?? { since: now, tasks: new Set() };
        troubles.set(host, trouble);
        trouble.tasks.add(task);
        const { response } = outcome;
        const asked = response && retryAfter(response.headers, now);
        if (response && asked !== undefined && asked > LONGEST_WAIT) {
          const { status } = response;
          throw new RegistryError(
            `Cannot go on with ${host}: it answered ${status} and asks to ` +
              `wait ${durationText(asked)}. Try again after that`,
            { status },
          );
        }
        const delay = (asked ?? 0) + backoff(failures, random);
        const isOver = failures >= LEAST_ATTEMPTS &&
          now + delay - trouble.since > budget;
        if (failures >= attempts || isOver) return undefined;
        onRetry?.({ host, why: whyOf(outcome), delay });
        return delay;
      },
      progress: () => {
        failures = 0;
        troubles.delete(host);
      },
      end: () => {
        const tasks = troubles.get(host)?.tasks;
        // Later work is not to pay for what nobody waits for any more.
        if (tasks?.delete(task) && tasks.size === 0) troubles.delete(host);
      },
    };
    return task;
  }
}

/** Whether the next attempt may go better. */
function mayPass({ response, error }: Outcome): boolean {
  if (!response) {
    if (!(error instanceof ScratchbuildError)) return isTransient(error);
    // As of a proxy, which is told of by who knows that it is one.
    return error.code === "NETWORK" && isTransient(error.cause);
  }
  return TRANSIENT.has(response.status) && !isQuotaSpent(response);
}

/**
 * Whether a registry says that nothing more is to be had for a long time, as
 * Docker Hub does for who has pulled too much: `ratelimit-remaining: 0;w=21600`.
 */
function isQuotaSpent({ status, headers }: Response): boolean {
  const rest = headers.get("ratelimit-remaining") ?? "";
  const seconds = /^0;w=(\d+)$/.exec(rest.replaceAll(" ", ""))?.[1];
  return status === 429 && !headers.has("retry-after") &&
    Number(seconds ?? 0) * 1000 > LONGEST_WAIT;
}

function whyOf({ response, error }: Outcome): string {
  return response
    ? `it answered ${response.status}`
    : networkFault(causeOf(error));
}

/** What the runtime threw, also where it has been told of already. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof ScratchbuildError)) return error;
  return error.code === "NETWORK" ? error.cause : undefined;
}
