import { relative } from "node:path";
import type { TestCase } from "./junit.ts";
import type { PartName, PartResult } from "./test_parts.ts";

/** How many tests passed, failed and were skipped. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The parts that ran, by name. */
export type Results = ReadonlyMap<PartName, PartResult>;

/** Counts a part's tests. Other trouble counts as failures too. */
export function tally({ cases, troubles }: PartResult): Tally {
  const count = (outcome: TestCase["outcome"]) =>
    cases.filter((test) => test.outcome === outcome).length;
  return {
    passed: count("passed"),
    failed: count("failed") + troubles.length,
    skipped: count("skipped"),
  };
}

/** `N passed, N failed, N skipped`. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Adds tallies up. */
export function sum(tallies: Iterable<Tally>): Tally {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** A line for each test that did not pass, and for each other trouble. */
export function failureLines(results: Results): string[] {
  return Array.from(results).flatMap(([part, { cases, troubles }]) => [
    ...cases.filter(({ outcome }) => outcome === "failed")
      .map((test) => `${part}: ${title(test)}`),
    ...troubles.map((trouble) => `${part}: ${trouble}`),
  ]);
}

/**
 * A line for each skipped test: the parts that skipped it, and why. Only Node's
 * report tells the reason; it holds for the same test on the other runtimes.
 */
export function skipLines(results: Results): string[] {
  const skips = new Map<string, { parts: string[]; reason?: string }>();
  for (const [part, { cases }] of results) {
    for (const test of cases) {
      if (test.outcome !== "skipped") continue;
      const key = title(test);
      const { parts, reason } = skips.get(key) ?? { parts: [] };
      skips.set(key, {
        parts: [...parts, part],
        reason: test.reason ?? reason,
      });
    }
  }
  return Array.from(
    skips,
    ([key, { parts, reason }]) =>
      `${key} (${parts.join(", ")}): ${
        reason ?? "run the part node to see the reason"
      }`,
  );
}

/**
 * The same files hold the same tests on every runtime. Deno says nothing of a
 * file that throws after its first test, so a test that only some runtimes have
 * reported is one that somebody lost.
 */
export function lostTests(results: Results): string[] {
  const runtimes = Array.from(results).filter(([part, { cases }]) =>
    ["deno", "bun", "node"].includes(part) && cases.length > 0
  );
  const titles = new Map(
    runtimes.flatMap(([, { cases }]) =>
      cases.map((test) => [test.name, title(test)])
    ),
  );
  return Array.from(titles).flatMap(([name, title]) => {
    const counts = runtimes.map(([, { cases }]) =>
      cases.filter((test) => test.name === name).length
    );
    const most = Math.max(...counts);
    return runtimes.filter((_, index) => counts[index] !== most)
      .map(([part]) => `${part} did not report ${title}`);
  });
}

function title({ file, name }: TestCase): string {
  const path = file.startsWith("/") ? relative(".", file) : file;
  return `${path.replace(/^\.\//, "")}: ${name}`;
}
