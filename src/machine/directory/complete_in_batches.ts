import type { Completion } from "./completion.ts";
import type { Found } from "./found.ts";

/** How many entries are completed at once. */
const BATCH = 2500;

/**
 * Has entries completed by what is slow for one and fast for many. While that
 * goes on, the next ones are looked for.
 *
 * @param complete Gives as many entries as it takes, in the same order.
 */
export async function* completeInBatches(
  batches: AsyncIterable<Found[]>,
  complete: Completion,
): AsyncGenerator<Found[], void, undefined> {
  let waiting: Found[] = [];
  let asked: Promise<Found[]> | undefined;
  const ask = () => {
    const answer = complete(waiting);
    answer.catch(() => {}); // It is awaited later, if no error comes first.
    waiting = [];
    return answer;
  };
  for await (const batch of batches) {
    for (const found of batch) waiting.push(found);
    if (waiting.length < BATCH) continue;
    const next = ask();
    if (asked) yield await asked;
    asked = next;
  }
  if (asked) yield await asked;
  if (waiting.length > 0) yield await ask();
}
