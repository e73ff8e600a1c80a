import { parseArgs } from "node:util";

/** The cases, by their letters in `results.md`. */
export const caseNames = ["a", "b", "c", "d", "e", "f", "g"] as const;

/** A case. */
export type CaseName = typeof caseNames[number];

/** What is measured, and how. */
export interface BenchOptions {
  /** Inputs are a tenth of their size, and nothing is written to the results. */
  readonly quick: boolean;
  /** The cases that are measured. */
  readonly only: readonly CaseName[];
  /** How often each thing is measured. */
  readonly rounds: number;
}

/**
 * Reads the arguments of the benchmark.
 *
 * @throws Where one is not known.
 */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      rounds: { type: "string" },
    },
  });
  const { quick, only = caseNames.join(), rounds } = values;
  const names = only.split(",").map((name) => {
    const known = caseNames.find((known) => known === name.trim());
    if (known === undefined) {
      throw new Error(`Cannot measure ${name}: the cases are ${caseNames}`);
    }
    return known;
  });
  const count = Number(rounds ?? (quick ? 1 : 5));
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`Cannot measure ${rounds} rounds: a number from 1 on`);
  }
  return { quick, only: names, rounds: count };
}
