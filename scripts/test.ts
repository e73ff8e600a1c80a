/**
 * Runs the suite on Deno, Bun and Node from the same files, then the packed npm
 * artefact, then the examples in the documentation.
 *
 * ```sh
 * deno task test                   # everything
 * deno task test bun node          # some parts
 * deno task test deno tests/tar    # one part, some files
 * ```
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type Coverage, coverage, parseRequirements } from "./requirements.ts";
import type { TestCase } from "./junit.ts";
import { installRuntimes, runtimes } from "./runtimes.ts";
import {
  type PartName,
  partNames,
  type PartResult,
  runPart,
} from "./test_parts.ts";
import * as reporting from "./test_report.ts";

async function main(args: string[]): Promise<number> {
  const names = partNames.filter((name) => args.includes(name));
  const paths = args.filter((arg) => !partNames.includes(arg as PartName));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) {
    console.error(`Cannot test ${missing}: no part and no path of that name.`);
    console.error(`Parts: ${partNames.join(" ")}`);
    return 2;
  }
  if (Deno.version.deno !== runtimes.deno) {
    console.log(`Deno ${Deno.version.deno}; pinned is ${runtimes.deno}`);
  }
  const unprepared = prepare();

  const results = new Map<PartName, PartResult>();
  for (const name of names.length > 0 ? names : defaultParts(paths)) {
    console.log(`\n== ${name}`);
    const start = Date.now();
    const result = await runPart(name, filesOf(name, paths));
    results.set(name, result);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    const line = reporting.tallyLine(reporting.tally(result));
    console.log(`\n== ${name}: ${line} (${seconds} s)`);
  }

  const lost = reporting.lostTests(results);
  // Only the whole suite can show all of them.
  const required = paths.length > 0 ? undefined : requirementCoverage(results);
  if (required) print("Requirements", [required.line]);
  print("Skipped", reporting.skipLines(results));
  print("Failed", [
    ...unprepared,
    ...reporting.failureLines(results),
    ...lost,
    ...required?.failures ?? [],
  ]);
  const total = reporting.sum([
    ...Array.from(results.values(), reporting.tally),
    {
      passed: 0,
      failed: unprepared.length + lost.length +
        (required?.failures.length ?? 0),
      skipped: 0,
    },
  ]);
  console.log(`\n${reporting.tallyLine(total)}`);
  return total.failed === 0 ? 0 : 1;
}

/** Gets what the parts need; what it cannot get is a failure of its own. */
function prepare(): string[] {
  const troubles: string[] = [];
  const steps = [
    () => execFileSync(process.execPath, ["install"], { stdio: "inherit" }),
    installRuntimes,
  ];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      troubles.push(error instanceof Error ? error.message : String(error));
    }
  }
  return troubles;
}

function defaultParts(paths: string[]): readonly PartName[] {
  return paths.length > 0 ? ["deno", "bun", "node"] : partNames;
}

function filesOf(part: PartName, paths: string[]): string[] {
  if (part === "doc") {
    return paths.length > 0 ? paths : ["mod.ts", "cli.ts", "src"];
  }
  const files = (paths.length > 0 ? paths : ["tests"]).flatMap(testFiles);
  return files.filter((file) =>
    file.startsWith(join("tests", "npm")) === (part === "npm")
  );
}

function testFiles(path: string): string[] {
  if (statSync(path).isFile()) return [join(path)];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(path, name))
    .sort();
}

function requirementCoverage(
  results: ReadonlyMap<PartName, PartResult>,
): Coverage | undefined {
  const runtimes = [
    results.get("deno"),
    results.get("bun"),
    results.get("node"),
  ]
    .filter((result) => result !== undefined);
  if (runtimes.length === 0) return undefined;
  const table = readFileSync("docs/requirements.md", "utf8");
  const named = (outcome: TestCase["outcome"]) =>
    runtimes.flatMap(({ cases }) => cases)
      .filter((test) => test.outcome === outcome).map(({ name }) => name);
  return coverage(
    parseRequirements(table),
    named("passed"),
    named("skipped"),
  );
}

function print(heading: string, lines: string[]): void {
  if (lines.length === 0) return;
  console.log(`\n${heading}:`);
  for (const line of lines) console.log(`  ${line}`);
}

Deno.exit(await main(Deno.args));
