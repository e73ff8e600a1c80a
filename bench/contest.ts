import { type Measured, median } from "./measure.ts";

/** Something that is measured beside others. */
export interface Contender {
  /** What people know it by. */
  readonly name: string;
  /**
   * Does it once.
   *
   * @param round Which time it is, from 0.
   */
  readonly run: (round: number) => Promise<Measured>;
}

/** What a contender took, in the middle of all rounds. */
export interface Standing {
  /** What people know it by. */
  readonly name: string;
  /** Seconds. */
  readonly seconds: number;
  /** Most memory, in MiB, of all rounds. */
  readonly peak: number;
  /** Bytes that it made, where that was looked at. */
  readonly bytes?: number;
  /** What it failed with, where it did. */
  readonly failure?: string;
}

/**
 * Measures contenders in turn, as many rounds as said, so that what else goes on
 * on the machine is the same for all of them. What fails is left out from then
 * on, and says so.
 */
export async function contest(
  title: string,
  contenders: readonly Contender[],
  rounds: number,
): Promise<Standing[]> {
  const results = contenders.map(({ name, run }) => ({
    name,
    run,
    measured: [] as Measured[],
    failure: undefined as string | undefined,
  }));
  for (let round = 0; round < rounds; round++) {
    for (const result of results) {
      if (result.failure !== undefined) continue;
      try {
        const measured = await result.run(round);
        result.measured.push(measured);
        const time = measured.seconds.toFixed(3);
        console.error(`${title}, ${round + 1}: ${result.name}: ${time} s`);
      } catch (error) {
        result.failure = error instanceof Error ? error.message : `${error}`;
        console.error(`${title}: ${result.name}: ${result.failure}`);
      }
    }
  }
  return results.map(({ name, measured, failure }) => {
    const bytes = measured.at(-1)?.bytes;
    return {
      name,
      seconds: median(measured.map(({ seconds }) => seconds)),
      peak: Math.max(0, ...measured.map(({ peak }) => peak)),
      ...(bytes !== undefined && { bytes }),
      ...(failure !== undefined && { failure }),
    };
  });
}
