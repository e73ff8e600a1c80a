import type { WriteOptions } from "../../target/image_target.ts";

/** How much {@linkcode sideBySide} does at the same time. */
export interface SideBySideOptions extends Pick<WriteOptions, "signal"> {
  /**
   * How many pieces of work are done at the same time.
   *
   * @default {4}
   */
  readonly concurrency?: number;
}

/**
 * Does something with each of many things, several at the same time. Where one
 * fails the others are stopped, and nothing goes on behind the error.
 *
 * @param work Does it; the signal stops it.
 * @throws What the work fails with that failed first.
 */
export async function sideBySide<T>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<void>,
  { concurrency = 4, signal: caller }: SideBySideOptions,
): Promise<void> {
  const stop = new AbortController();
  const signal = caller ? AbortSignal.any([caller, stop.signal]) : stop.signal;
  const failures: unknown[] = [];
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) {
      if (failures.length > 0) return;
      try {
        await work(item, signal);
      } catch (error) {
        failures.push(error);
        stop.abort(error);
      }
    }
  };
  const workers = Math.max(1, Math.min(Math.floor(concurrency), items.length));
  await Promise.all(Array.from({ length: workers || 1 }, worker));
  if (failures.length > 0) throw failures[0];
}
