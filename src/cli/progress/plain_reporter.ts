import type { CliOutput } from "../context.ts";
import { formatBytes } from "./format_amounts.ts";
import { type ProgressItem, wordFor } from "./progress_item.ts";
import type { Reporter } from "./reporter.ts";

const INTERVAL = 10_000;

/**
 * Shows progress in lines, for logs: one when an item is done, and one at most
 * every ten seconds while one takes long.
 */
export class PlainReporter implements Reporter {
  readonly #output: CliOutput;
  readonly #now: () => number;
  #last: number;

  /**
   * @param output Where the lines go.
   * @param now Milliseconds of a clock that never goes back.
   */
  constructor(output: CliOutput, now: () => number) {
    this.#output = output;
    this.#now = now;
    this.#last = now();
  }

  /** Takes in how far an item is now. */
  update(item: ProgressItem): void {
    if (item.activity === "ask") return;
    const now = this.#now();
    const isOver = item.state !== "running";
    if (isOver ? item.isMinor : now - this.#last < INTERVAL) return;
    this.#last = now;
    this.#output.write(`${plainLine(item)}\n`);
  }

  /** Writes the line at once. */
  note(line: string): void {
    this.#output.write(`${line}\n`);
  }

  /** Does nothing: lines stay. */
  stop(): void {}
}

/** A line for a log: `sent /app: 27.4 MB`. */
export function plainLine(item: ProgressItem): string {
  const { label, bytes, total, state, note } = item;
  const head = `${wordFor(item)} ${label}: `;
  if (state !== "running") {
    const details = note === undefined ? "" : `, ${note}`;
    return head + formatBytes(total ?? bytes) + details;
  }
  return total === undefined
    ? `${head}${formatBytes(bytes)} so far`
    : `${head}${formatBytes(bytes)} of ${formatBytes(total)}`;
}
