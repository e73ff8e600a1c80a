import type { Clock } from "./clock.ts";
import type { RetryEvent, RetryOptions } from "./retries.ts";
import type { Upload } from "./upload.ts";
import type { RegistryWarning } from "./warning_log.ts";

/** Sends one request. The global `fetch` fits. */
export type Fetch = (request: Request) => Promise<Response>;

/** The runtime's own `fetch`. */
export const globalFetch: Fetch = (request) => fetch(request);

/** What a `Transport` works with. */
export interface TransportOptions {
  /** Sends requests without a body. */
  readonly fetch: Fetch;
  /** Sends requests with one. */
  readonly upload: Upload;
  /**
   * Hosts, with their ports where they have one, that a registry may lead to
   * although they are in a network that it does not belong to: `10.0.0.5:5001`,
   * `auth.corp.example`.
   *
   * @default {[]}
   */
  readonly allowHosts?: readonly string[];
  /**
   * Tells the time, and waits.
   *
   * @default the machine's clock
   */
  readonly clock?: Clock;
  /**
   * Gives numbers from 0 up to, but not including, 1, for the waits between
   * attempts.
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
  /** How often and how long a failed request is tried again. */
  readonly retry?: RetryOptions;
  /**
   * Milliseconds without a byte in either direction after which a connection
   * counts as dead. A slow connection is not a dead one. A registry that has
   * got the whole of a body may take five times as long to store it. `Infinity`
   * waits for ever.
   *
   * @default {60_000}
   */
  readonly idleTimeout?: number;
  /** Is told what a registry warns of, each text once. */
  readonly onWarning?: (warning: RegistryWarning) => void;
  /** Is told of every attempt that failed and is made again. */
  readonly onRetry?: (retry: RetryEvent) => void;
}
