import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildNpm } from "./build_npm.ts";
import { parseJunit, type TestCase } from "./junit.ts";
import { runtimePath } from "./runtimes.ts";
import { type Ending, runWatched } from "./watched.ts";

/** The parts of the suite, in the order in which they run. */
export const partNames = ["deno", "bun", "node", "npm", "doc"] as const;

/** Name of a part of the suite. */
export type PartName = typeof partNames[number];

/** What became of a part. */
export interface PartResult {
  /** Its tests. */
  readonly cases: TestCase[];
  /** What went wrong besides failing tests. */
  readonly troubles: string[];
}

/** After how many milliseconds a test has failed. */
const testTimeout = 120_000;

// Deno has no timeout for all tests, so silence has to tell there.
const silenceLimit = testTimeout + 30_000;

/** Node's own noise about packages that do not say what their files are. */
const quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON";

/** Runs one part over these test files (for `doc`: source files). */
export async function runPart(
  name: PartName,
  files: readonly string[],
): Promise<PartResult> {
  // A runner that is given no file looks for some by itself.
  if (files.length === 0) return { cases: [], troubles: ["no test file"] };
  const { cases, troubles } = await start(name, files);
  const none = cases.length === 0 && troubles.length === 0;
  return { cases, troubles: none ? ["no test was reported"] : troubles };
}

function start(
  name: PartName,
  files: readonly string[],
): Promise<PartResult> {
  switch (name) {
    case "deno":
      return report(process.execPath, (xml) => [
        ...["test", "-A", `--junit-path=${xml}`, ...files],
      ]);
    case "bun":
      return report(runtimePath("bun"), (xml) => [
        ...["test", `--timeout=${testTimeout}`],
        ...["--reporter=junit", `--reporter-outfile=${xml}`],
        ...files.map((file) => `./${file}`),
      ]);
    case "node":
      return reportNode(files);
    case "npm":
      return runNpm(files);
    case "doc":
      return runDoc(files);
  }
}

/**
 * Node reports a file that registers no test as a test that passed, and one that
 * throws on its own as a test that failed, both by the name of the file.
 */
async function reportNode(
  files: readonly string[],
  env?: Record<string, string>,
): Promise<PartResult> {
  const { cases, troubles } = await report(runtimePath("node"), (xml) => [
    ...[quiet, "--test", `--test-timeout=${testTimeout}`],
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...["--test-reporter=junit", `--test-reporter-destination=${xml}`],
    ...files,
  ], env);
  const tests = cases.filter(({ name }) => !files.includes(name));
  const odd = cases.filter(({ name }) => files.includes(name))
    .map(({ name, outcome }) =>
      outcome === "failed" ? `${name} threw` : `${name} holds no test`
    );
  return { cases: tests, troubles: [...odd, ...troubles] };
}

/** The packed artefact, as somebody gets it who installs it with npm. */
async function runNpm(files: readonly string[]): Promise<PartResult> {
  const prefix = await mkdtemp(join(tmpdir(), "scratchbuild-npm-"));
  try {
    const tarball = await buildNpm();
    const ending = await runWatched("npm", [
      ...["install", "--prefix", prefix, "--engine-strict"],
      ...["--no-audit", "--no-fund", tarball],
    ], { silenceLimit });
    const [trouble] = troublesOf(ending, []);
    if (trouble) return { cases: [], troubles: [`npm install: ${trouble}`] };
    return await reportNode(files, {
      SCRATCHBUILD_NPM_PREFIX: prefix,
      SCRATCHBUILD_NPM_TARBALL: tarball,
      PATH: [process.env.PATH, dirname(process.execPath)].join(delimiter),
    });
  } catch (error) {
    return { cases: [], troubles: [String(error)] };
  } finally {
    await rm(prefix, { recursive: true, force: true });
  }
}

/** The examples in the documentation, which are named after their lines. */
async function runDoc(files: readonly string[]): Promise<PartResult> {
  const { cases, troubles } = await report(process.execPath, (xml) => [
    ...["test", "-A", "--doc", "--preload=scripts/doc_test_preload.ts"],
    ...[`--junit-path=${xml}`, ...files],
  ]);
  const named = cases.map((example) => {
    const [file = "", lines = ""] = example.name.split(/#|\.ts$/);
    return {
      ...example,
      file: fileURLToPath(file),
      name: `example in lines ${lines}`,
    };
  });
  return { cases: named, troubles };
}

async function report(
  command: string,
  args: (xml: string) => string[],
  env?: Record<string, string>,
): Promise<PartResult> {
  const directory = await mkdtemp(join(tmpdir(), "scratchbuild-report-"));
  try {
    const xml = join(directory, "junit.xml");
    const ending = await runWatched(command, args(xml), { env, silenceLimit });
    const cases = parseJunit(await readFile(xml, "utf8").catch(() => ""));
    return { cases, troubles: troublesOf(ending, cases) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A failed test explains an exit status; nothing else does. */
function troublesOf(ending: Ending, cases: readonly TestCase[]): string[] {
  if ("trouble" in ending) return [ending.trouble];
  const explained = cases.some(({ outcome }) => outcome === "failed");
  return ending.code === 0 || explained ? [] : [`exit status ${ending.code}`];
}
