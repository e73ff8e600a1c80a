/** Something that goes wrong with one request. */
export type Fault =
  /**
   * This answer in the place of the registry's; the body of the request is not
   * read. With `stored`, the registry does its work before.
   */
  | {
    readonly kind: "status";
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly stored?: boolean;
  }
  /**
   * The connection is reset: `before` anything of the body is read, `during` it
   * after so many bytes (1 unless told, and at its end where it is shorter), or
   * `after` the registry has done its work, so that the answer alone is lost.
   */
  | {
    readonly kind: "reset";
    readonly when: "before" | "during" | "after";
    readonly bytes?: number;
  }
  /** The registry takes no more than so many bytes of the body for all of it. */
  | { readonly kind: "shortWrite"; readonly bytes: number }
  /**
   * Nothing more happens until the client gives up: the `request` is not read
   * (which is so unless told), the `answer` is missing, or the `body` of the
   * answer breaks off without an end after half of it.
   */
  | {
    readonly kind: "stall";
    readonly where?: "request" | "answer" | "body";
  }
  /** The answer's body comes byte by byte, one every so many milliseconds. */
  | { readonly kind: "trickle"; readonly interval: number }
  /** The answer names another digest. */
  | { readonly kind: "wrongDigest" }
  /** The first byte of the answer's body is another one. */
  | { readonly kind: "corrupt" }
  /** The answer leads elsewhere, or with `null` nowhere. */
  | { readonly kind: "location"; readonly location: string | null }
  /** No token that was given out is good any longer. */
  | { readonly kind: "expireTokens" }
  /**
   * The answer's body ends after so many bytes: by a reset, or `quietly`, as if
   * that were all.
   */
  | {
    readonly kind: "truncate";
    readonly bytes: number;
    readonly quietly?: boolean;
  }
  /** The answer's body goes on for so many bytes more. */
  | { readonly kind: "overlong"; readonly bytes: number }
  /** A redirect to a place that redirects to itself. */
  | { readonly kind: "redirectLoop" }
  /**
   * The answer says `Content-Encoding: gzip`, and the wire has it so
   * (`compressed`, by a proxy), or has the bytes as they are (`mislabelled`,
   * right only for what is gzip itself). The body is what the wire has: a
   * runtime's `fetch` may have decoded it.
   */
  | { readonly kind: "gzip"; readonly how?: "compressed" | "mislabelled" };

/** When a fault happens. */
export interface Injection {
  readonly fault: Fault;
  /**
   * At which request, counted from 1: of all, or, where there is a `match`, of
   * those that fit it from now on. The first unless told.
   */
  readonly at?: number;
  /** Which requests count: a pattern for their lines. */
  readonly match?: RegExp;
  /** At how many of them in a row: at one unless told. */
  readonly times?: number;
}

/** Knows which request which fault happens to. */
export class FaultPlan {
  readonly #injections: (Injection & { seen: number })[] = [];
  #injected = 0;

  /** How many faults have happened. */
  get injected(): number {
    return this.#injected;
  }

  /** Plans a fault. */
  add(injection: Injection): void {
    this.#injections.push({ ...injection, seen: 0 });
  }

  /**
   * The fault of a request, if it has one.
   *
   * @param line The request.
   * @param number Which of all it is, from 1.
   */
  next(line: string, number: number): Fault | undefined {
    let fault: Fault | undefined;
    for (const injection of this.#injections) {
      const { match, at = 1, times = 1 } = injection;
      if (match && !match.test(line)) continue;
      const count = match ? ++injection.seen : number;
      if (count >= at && count < at + times) fault ??= injection.fault;
    }
    if (fault) this.#injected++;
    return fault;
  }
}
