import process from "node:process";
import { fileURLToPath } from "node:url";
import { run, type RunOptions, type RunResult } from "./run.ts";
import { runtime } from "./runtime.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const beforeArguments = {
  deno: ["run", "--quiet", "-A", `--config=${root}deno.json`, `${root}cli.ts`],
  bun: [`${root}cli.ts`],
  node: [
    "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
    `${root}cli.ts`,
  ],
};

/**
 * Runs the command from its source, on the runtime that the test runs on. The
 * variables that it reads are kept from it, unless the options set them.
 */
export function runCli(
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return run(process.execPath, [...beforeArguments[runtime], ...args], {
    ...options,
    env: {
      SOURCE_DATE_EPOCH: undefined,
      SCRATCHBUILD_USERNAME: undefined,
      SCRATCHBUILD_PASSWORD: undefined,
      SCRATCHBUILD_TOKEN: undefined,
      ...options.env,
    },
  });
}

/** Runs a command that has to succeed, and gives its standard output. */
export async function runCliOk(
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, options);
  if (code === 0) return stdout;
  throw new Error(`${args.join(" ")}: exit status ${code}\n${stderr}${stdout}`);
}
