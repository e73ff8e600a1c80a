import process from "node:process";
import { fileURLToPath } from "node:url";
import { run, type RunOptions, type RunResult } from "./run.ts";
import { runtime } from "./runtime.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const beforeModule = {
  deno: ["run", "--quiet", "-A", `--config=${root}deno.json`],
  bun: [],
  node: ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"],
};

/** The command that runs a module of this repository on this runtime. */
export function moduleCommand(
  path: string,
  args: readonly string[],
): [program: string, args: string[]] {
  return [
    process.execPath,
    [...beforeModule[runtime], `${root}${path}`, ...args],
  ];
}

/**
 * Runs a module of this repository on the runtime that the test runs on.
 *
 * @param path Path of the module in the repository.
 */
export function runModule(
  path: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return run(...moduleCommand(path, args), options);
}
