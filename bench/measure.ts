import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

/** A program with its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** What one run of a program took. */
export interface Measured {
  /** Time from start to end, in seconds. */
  readonly seconds: number;
  /** Most memory that the program had, in MiB; its children do not count. */
  readonly peak: number;
  /** Bytes that it made, where that was looked at. */
  readonly bytes?: number;
}

/** How a program is run. */
export interface RunOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds between two looks at the memory of a program. */
const LOOK = 15;

/**
 * Runs a program to its end, and measures that.
 *
 * @throws Where it fails, with what it said.
 */
export function measure(
  [program, ...args]: Command,
  { env = {} }: RunOptions = {},
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    let peak = 0;
    child.stderr.on("data", (chunk) => said += chunk);
    const timer = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
    }, LOOK);
    const end = () => clearInterval(timer);
    child.on("error", (error) => {
      end();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      const seconds = (performance.now() - start) / 1000;
      end();
      if (code === 0) return resolve({ seconds, peak });
      const line = [program, ...args].join(" ");
      reject(new Error(`${line}: ended with ${code ?? signal}\n${said}`));
    });
  });
}

/** The most memory that a process has had so far, in MiB; 0 where unknown. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    return Number(peak ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const [low = 0, high = 0] = sorted.length % 2 === 1
    ? [sorted[half], sorted[half]]
    : [sorted[half - 1], sorted[half]];
  return (low + high) / 2;
}
