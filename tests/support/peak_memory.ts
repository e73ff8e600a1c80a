import { readFileSync } from "node:fs";

/** The most memory that this process has had so far, in kB. Linux only. */
export function peakMemory(): number {
  const status = readFileSync("/proc/self/status", "utf8");
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(peak);
}
