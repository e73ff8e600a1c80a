/** A row of `docs/requirements.md`. */
export interface Requirement {
  /** Its number. */
  readonly row: number;
  /** Why it does not apply, where it does not. */
  readonly exemption?: string;
}

/** Reads the tables: the first column is the number, the last the exemption. */
export function parseRequirements(markdown: string): Requirement[] {
  return markdown.split("\n").flatMap((line) => {
    const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
    const row = cells[0] ?? "";
    if (!/^\d+$/.test(row)) return [];
    const exemption = cells.at(-1);
    return [{ row: Number(row), ...exemption && { exemption } }];
  });
}

/** The rows that the name of a test says it shows, as in `(req-037, req-038)`. */
export function rowsInName(name: string): number[] {
  return Array.from(
    name.matchAll(/\breq-(\d{3})\b/g),
    ([, row]) => Number(row),
  );
}

/** Which requirements were shown, and what is wrong with the others. */
export interface Coverage {
  /** One line: how many, and the rows. */
  readonly line: string;
  /** A line for each row that should have been shown, or not. */
  readonly failures: readonly string[];
}

/**
 * Holds the requirements against what the tests that passed say they show. A
 * row that only a skipped test shows is no failure: the skip has been told.
 *
 * @param passed Names of the tests that passed.
 * @param skipped Names of the tests that were skipped.
 */
export function coverage(
  requirements: readonly Requirement[],
  passed: readonly string[],
  skipped: readonly string[] = [],
): Coverage {
  const shown = new Set(passed.flatMap(rowsInName));
  const excused = new Set(skipped.flatMap(rowsInName));
  const rows = requirements.map(({ row }) => row);
  const covered = rows.filter((row) => shown.has(row));
  const exempt = requirements.filter(({ exemption }) => exemption)
    .map(({ row }) => row);
  const failures = [
    ...requirements
      .filter(({ row, exemption }) =>
        !exemption && !shown.has(row) && !excused.has(row)
      )
      .map(({ row }) => `requirement ${row} is shown by no test that passed`),
    ...requirements
      .filter(({ row, exemption }) => exemption && shown.has(row))
      .map(({ row }) => `requirement ${row} is shown, and said not to apply`),
  ];
  return {
    line: `${covered.length} of ${rows.length} shown (${ranges(covered)}); ` +
      `not applying: ${ranges(exempt) || "none"}`,
    failures,
  };
}

/** `1-3, 5` for 1, 2, 3 and 5. */
function ranges(rows: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    if (run && run[1] === row - 1) run[1] = row;
    else runs.push([row, row]);
  }
  return runs.map(([first, last]) =>
    first === last ? first : `${first}-${last}`
  )
    .join(", ");
}
