import type { ApplicationContext } from "@stricli/core";
import type { Clock } from "../registry/http/clock.ts";

/** A stream of text to the person or the program that runs the command. */
export interface CliOutput {
  /** Writes text. What a closed pipe does not take is lost without a sound. */
  write(text: string): void;
  /** Whether it is a terminal. */
  readonly isTTY?: boolean;
  /** Width of the terminal, in columns. Changes with the terminal. */
  readonly columns?: number;
  /** Height of the terminal, in rows. Changes with the terminal. */
  readonly rows?: number;
  /** Whether nobody reads any longer: what is written now is lost. */
  readonly isClosed?: boolean;
}

/**
 * Asks the person at the terminal for one line.
 *
 * @param question What is shown before it: `Password: `.
 * @param options `hidden` where what is typed does not show.
 * @returns The line, without its end.
 */
export type Ask = (
  question: string,
  options?: { readonly hidden?: boolean },
) => Promise<string>;

/** All that a command knows of the process that it runs in. */
export interface CliContext extends ApplicationContext {
  readonly process: {
    readonly stdout: CliOutput;
    readonly stderr: CliOutput;
    /** The environment variables. */
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The exit status; where a command sets none, stricli does. */
    exitCode?: number | string | null;
  };
  /** Opens standard input. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** What asks the person at standard input; nothing where nobody sits there. */
  readonly terminal: () => Ask | undefined;
  /** Ends the work. Its reason is an {@linkcode Interruption}. */
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /**
   * The clock that registries are waited for by.
   *
   * @default the machine's clock
   */
  readonly clock?: Clock;
}

/** The signals that interrupt, and the exit statuses that shells give them. */
export const INTERRUPTIONS = {
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** Why the work has to end: a signal of the operating system. */
export class Interruption extends Error {
  override readonly name: string = "Interruption";

  /** Exit status by which shells know the signal. */
  readonly exitStatus: number;

  /** Whether the next run goes on where this one stopped. */
  isResumable = false;

  /** @param signal The signal. */
  constructor(signal: keyof typeof INTERRUPTIONS) {
    super(`interrupted by ${signal}`);
    this.exitStatus = INTERRUPTIONS[signal];
  }
}
