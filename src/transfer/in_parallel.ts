/** How many things are asked for at the same time. */
const WORKERS = 4;

/**
 * Does the same with several items, a few of them at a time. Where one fails no
 * other is begun, and nothing goes on behind the error.
 *
 * @returns What came of them, in their order.
 * @throws What the work on the first that failed threw.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [position, item] of queue) {
      if (failures.length > 0) return;
      try {
        results[position] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
