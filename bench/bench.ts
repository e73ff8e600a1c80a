/**
 * Measures how fast scratchbuild is on Deno, Bun and Node, and how fast what
 * people use otherwise is, in one run.
 *
 * ```sh
 * deno task bench                # everything, into the results
 * deno task bench --only a,b     # some cases
 * deno task bench --quick        # small inputs, once each; writes nothing
 * deno task bench --rounds 9
 * ```
 *
 * Linux, with Debian's docker-registry. Of what else is missing, the columns are
 * left out.
 *
 * @module
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, totalmem } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { withDockerRegistry } from "../tests/support/docker_registry.ts";
import { type BenchWorld, withBenchDirectory } from "./bench_world.ts";
import { chart } from "./chart.ts";
import { benchOptions, type CaseName, caseNames } from "./options.ts";
import { sizes, slowLine, startUp } from "./other_cases.ts";
import {
  denoDirectory,
  missingPrograms,
  prepareRuntimes,
  versionOf,
} from "./programs.ts";
import { again, changed } from "./repeat_cases.ts";
import {
  type CaseResult,
  type KeptResult,
  resultsPage,
  type Surroundings,
  table,
} from "./results.ts";
import { executables, smallFiles } from "./tree_cases.ts";

const cases: Readonly<
  Record<CaseName, (world: BenchWorld) => Promise<CaseResult>>
> = {
  a: executables,
  b: smallFiles,
  c: again,
  d: changed,
  e: sizes,
  f: slowLine,
  g: startUp,
};

/** The cases that the chart shows. */
const CHARTED: readonly CaseName[] = ["a", "b", "c"];

const pathOf = (name: string) =>
  fileURLToPath(new URL(`../${name}`, import.meta.url));
const dataPath = pathOf("bench/results.json");

async function main(args: readonly string[]): Promise<void> {
  const options = benchOptions(args);
  const missing = missingPrograms();
  for (const [name, debian] of missing) {
    console.error(`Left out: ${name} (Debian package ${debian})`);
  }
  if (missing.has("docker-registry")) {
    throw new Error(
      "Cannot measure: there is no docker-registry. Install the Debian " +
        "package docker-registry",
    );
  }
  await withBenchDirectory(async (directory) => {
    const runtimes = await prepareRuntimes(directory);
    const denoDir = denoDirectory();
    const around = { ...options, directory, denoDir, runtimes, missing };
    for (const name of options.only) {
      // One for each, so that none has to do with what others have left.
      await withDockerRegistry({}, async ({ host }) => {
        const world = { ...around, host };
        const [before = 0] = loadavg();
        const result = await cases[name](world);
        const [after = 0] = loadavg();
        console.log(`\n(${name}) ${result.title}\n\n${table(result)}\n`);
        const surroundings = surroundingsOf(world, [before, after]);
        if (!options.quick) keep({ result, surroundings });
      });
    }
  });
}

function surroundingsOf(
  { rounds, runtimes, missing }: BenchWorld,
  load: readonly [number, number],
): Surroundings {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const others = ["pigz", "zstd", "buildah", "skopeo"] as const;
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} processors ` +
      `(${cpu?.model.trim() || arch()}), ${memory} GiB of memory`,
    load,
    rounds,
    versions: [
      ...runtimes.map(({ name, program }) =>
        `${name} ${/\d+(?:\.\d+)+/.exec(versionOf(program))?.[0]}`
      ),
      ...others.filter((name) => !missing.has(name)).map((name) =>
        `${name} ${/\d+(?:\.\d+)+/.exec(versionOf(name))?.[0] ?? ""}`.trim()
      ),
    ],
    missing: Array.from(
      missing,
      ([name, debian]) => `${name} (Debian package ${debian})`,
    ),
  };
}

/** Puts a result in the place of the one before it. */
function keep(kept: KeptResult): void {
  const known: readonly KeptResult[] = existsSync(dataPath)
    ? JSON.parse(readFileSync(dataPath, "utf8"))
    : [];
  const all = caseNames.flatMap((name) =>
    kept.result.name === name
      ? [kept]
      : known.filter(({ result }) => result.name === name)
  );
  writeFileSync(dataPath, `${JSON.stringify(all, undefined, 2)}\n`);
  writeFileSync(pathOf("bench/results.md"), resultsPage(all));
  const charted = all.map(({ result }) => result)
    .filter(({ name }) => CHARTED.includes(name));
  writeFileSync(pathOf("docs/benchmark.svg"), chart(charted));
}

await main(process.argv.slice(2));
