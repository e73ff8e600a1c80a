import type { Standing } from "./contest.ts";
import type { CaseName } from "./options.ts";

/** What came of a case. */
export interface CaseResult {
  /** Its letter. */
  readonly name: CaseName;
  /** What was measured. */
  readonly title: string;
  /** On what, and what it is compared with. */
  readonly about: string;
  /** What is to be told beside the time, and how that is written. */
  readonly unit: "time" | "milliseconds" | "memory";
  /** What all are compared with, unless they say so themselves. */
  readonly against?: string;
  /** What each contender took. */
  readonly standings: readonly (Standing & { readonly against?: string })[];
}

/** What was around the measuring of a case. */
export interface Surroundings {
  /** The day, as in 2026-01-31. */
  readonly date: string;
  /** Processors, memory and system. */
  readonly machine: string;
  /** Work that the machine had on average, before and after. */
  readonly load: readonly [before: number, after: number];
  /** How often each thing was measured. */
  readonly rounds: number;
  /** The programs and their versions. */
  readonly versions: readonly string[];
  /** Programs that were missing, with what to install. */
  readonly missing: readonly string[];
}

/** A case with what was around it, as it is kept from run to run. */
export interface KeptResult {
  readonly result: CaseResult;
  readonly surroundings: Surroundings;
}

/** All results as a page. */
export function resultsPage(kept: readonly KeptResult[]): string {
  const pages = kept.map(({ result, surroundings }) =>
    [
      `## (${result.name}) ${result.title}`,
      result.about,
      table(result),
      around(surroundings),
    ].join("\n\n")
  );
  return [
    "# How fast scratchbuild is",
    "`deno task bench` writes this page and `docs/benchmark.svg`. Everything " +
    "in one table is measured in one run, in turn, on one machine, against " +
    "Debian's docker-registry on loopback; times are medians. On Deno the " +
    "sources run, as from JSR, and on Bun and Node the npm package. Sizes are " +
    "those of the compressed layers, in bytes of 10⁶ to the MB.",
    ...pages,
  ].join("\n\n") + "\n";
}

/** The table of a case. */
export function table({ unit, against, standings }: CaseResult): string {
  const hasSizes = standings.some(({ bytes }) => bytes !== undefined);
  const hasPeaks = unit === "memory";
  const find = (name: string | undefined) =>
    standings.find((standing) => standing.name === name);
  const heads = [
    "",
    "time",
    "ratio",
    ...(hasSizes ? ["size", "ratio"] : []),
    ...(hasPeaks ? ["memory"] : []),
  ];
  const rows = standings.map((standing) => {
    const { name, seconds, peak, bytes, failure } = standing;
    const other = find(standing.against ?? against);
    const times = failure !== undefined
      ? ["failed", ""]
      : [written(seconds, unit), ratio(seconds, other?.seconds)];
    return [
      name.replaceAll("|", "\\|"),
      ...times,
      ...(hasSizes
        ? [
          bytes === undefined ? "" : `${(bytes / 1e6).toFixed(1)} MB`,
          percent(bytes, other?.bytes),
        ]
        : []),
      ...(hasPeaks ? [`${Math.round(peak)} MiB`] : []),
    ];
  });
  const align = heads.map((_, index) => index === 0 ? "---" : "--:");
  return [heads, align, ...rows].map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

function written(seconds: number, unit: CaseResult["unit"]): string {
  return unit === "milliseconds"
    ? `${(seconds * 1000).toFixed(0)} ms`
    : `${seconds.toFixed(2)} s`;
}

function ratio(seconds: number, other: number | undefined): string {
  return other ? (seconds / other).toFixed(2) : "";
}

function percent(bytes?: number, other?: number): string {
  return bytes && other ? `${(100 * bytes / other).toFixed(1)} %` : "";
}

function around(
  { date, machine, load, rounds, versions, missing }: Surroundings,
): string {
  const [before, after] = load.map((value) => value.toFixed(1));
  return [
    `${date}, medians of ${rounds}, load ${before} to ${after}; ${machine}; ` +
    `${versions.join(", ")}.`,
    ...missing.map((name) => `Left out: ${name}.`),
  ].join(" ");
}
