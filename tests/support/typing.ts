import { spawn } from "node:child_process";
import process from "node:process";
import { commandLine } from "../cli/command_line.ts";
import { cleanEnvironment } from "./clean_environment.ts";

/** What is typed when something is shown. */
export type Reply = readonly [shown: string, typed: string];

/** What a terminal showed, and how the command ended. */
export interface TypedResult {
  readonly code: number | null;
  /** All that the terminal showed, also of what was typed. */
  readonly shown: string;
}

/**
 * Runs the command at a terminal, which `script` of util-linux makes, and types
 * each reply when its question is shown.
 *
 * @param env Added to an environment without credentials.
 */
export function runAtTerminal(
  args: readonly string[],
  replies: readonly Reply[],
  env: Readonly<Record<string, string>> = {},
): Promise<TypedResult> {
  return new Promise((resolve, reject) => {
    const words = [...commandLine, ...args].map((word) => `'${word}'`);
    const child = spawn("script", ["-qec", words.join(" "), "/dev/null"], {
      env: { ...process.env, ...cleanEnvironment, ...env },
      stdio: "pipe",
    });
    const left = [...replies];
    let shown = "";
    let seen = 0;
    child.stdout.on("data", (chunk) => {
      shown += chunk;
      const [next] = left;
      const at = next ? shown.indexOf(next[0], seen) : -1;
      if (!next || at < 0) return;
      seen = at + next[0].length;
      left.shift();
      child.stdin.write(next[1]);
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, shown });
    });
  });
}
