import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime } from "../support/runtime.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const flags = {
  deno: ["run", "--quiet", "-A", `--config=${root}deno.json`],
  bun: [],
  node: ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"],
};

/** How the command is called from its source, for shells and signals. */
export const commandLine: readonly [program: string, ...args: string[]] = [
  process.execPath,
  ...flags[runtime],
  `${root}cli.ts`,
];
