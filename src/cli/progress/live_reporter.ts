import type { CliOutput } from "../context.ts";
import type { ProgressItem, TimedItem } from "./progress_item.ts";
import { renderFrame } from "./render_frame.ts";
import { renderDone, renderRunning } from "./render_item.ts";
import type { Reporter } from "./reporter.ts";
import { textWidth } from "./text_width.ts";

const REDRAW_INTERVAL = 100;

/** Options of {@linkcode LiveReporter}. */
export interface LiveReporterOptions {
  /** Whether colours may be used. */
  readonly color: boolean;
}

/**
 * Shows progress on a terminal: one line for each item on its way, drawn over
 * in place, below a line for each one that is done.
 */
export class LiveReporter implements Reporter {
  readonly #output: CliOutput;
  readonly #now: () => number;
  readonly #color: boolean;
  readonly #running = new Map<string, TimedItem>();
  readonly #timer: ReturnType<typeof setInterval>;
  #lasting: (ProgressItem | string)[] = [];
  #drawn: string[] = [];
  #drawnAt: number;

  /**
   * @param output The terminal.
   * @param now Milliseconds of a clock that never goes back.
   * @param options How to draw.
   */
  constructor(
    output: CliOutput,
    now: () => number,
    { color }: LiveReporterOptions,
  ) {
    this.#output = output;
    this.#now = now;
    this.#color = color;
    this.#drawnAt = now();
    this.#timer = setInterval(() => this.#draw(), REDRAW_INTERVAL);
  }

  /** Takes in how far an item is now. */
  update(item: ProgressItem): void {
    const now = this.#now();
    if (item.state === "running") {
      const before = this.#running.get(item.id);
      // What was sent before, or is sent once more, says nothing of the speed.
      const start = before && before.bytes <= item.bytes
        ? before
        : { startedAt: now, startedWith: item.bytes };
      const { startedAt, startedWith } = start;
      this.#running.set(item.id, { ...item, startedAt, startedWith });
    } else {
      this.#running.delete(item.id);
      if (!item.isMinor) this.#lasting.push(item);
    }
    if (now - this.#drawnAt >= REDRAW_INTERVAL) this.#draw();
  }

  /** Draws the line above the items that are on their way. */
  note(line: string): void {
    this.#lasting.push(line);
    if (this.#now() - this.#drawnAt >= REDRAW_INTERVAL) this.#draw();
  }

  /** Takes away the items that are on their way, and ends the drawing. */
  stop(summary?: string): void {
    clearInterval(this.#timer);
    this.#running.clear();
    this.#draw();
    if (summary !== undefined) this.#output.write(`${summary}\n`);
  }

  #draw(): void {
    const { columns = 80, rows = 24 } = this.#output;
    const now = this.#now();
    // In the last column, terminals do not agree on where the cursor is.
    const options = { width: Math.max(columns - 1, 1), color: this.#color };
    // What scrolls out at the top cannot be drawn over.
    const running = [...this.#running.values()].slice(0, Math.max(rows - 2, 1));
    const labels = Math.max(...running.map(({ label }) => textWidth(label)));
    const passing = running.map((item) =>
      renderRunning(item, now, { ...options, labels })
    );
    const lasting = this.#lasting.map((item) =>
      typeof item === "string" ? item : renderDone(item, options)
    );
    const count = passing.length + lasting.length + this.#drawn.length;
    if (count === 0) return;
    this.#output.write(
      renderFrame({ previous: this.#drawn, lasting, passing, columns }),
    );
    this.#drawn = passing;
    this.#lasting = [];
    this.#drawnAt = now;
  }
}
