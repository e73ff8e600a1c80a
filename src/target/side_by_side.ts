import type { WriteOptions } from "./image_target.ts";

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
 * fails the others are stopped, no other is begun, and nothing goes on behind
 * the error.
 *
 * @param work Does it; the signal stops it.
 * @returns What came of them, in their order.
 * @throws What the work fails with that failed first.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<R>,
  { concurrency = 4, signal: caller }: SideBySideOptions = {},
): Promise<R[]> {
  const stop = new AbortController();
  const signal = caller ? AbortSignal.any([caller, stop.signal]) : stop.signal;
  const results: R[] = [];
  const failures: unknown[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [position, item] of queue) {
      if (failures.length > 0) return;
      try {
        results[position] = await work(item, signal);
      } catch (error) {
        failures.push(error);
        stop.abort(error);
      }
    }
  };
  const workers = Math.max(1, Math.min(Math.floor(concurrency), items.length));
  await Promise.all(Array.from({ length: workers || 1 }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
