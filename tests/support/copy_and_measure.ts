/**
 * Copies an image from one registry to another, and prints the peak of this
 * process's memory in KiB and the bytes that it wrote to disks:
 * `copy_and_measure.ts FROM TO`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { copy, Registry } from "../../mod.ts";
import { peakMemory } from "./peak_memory.ts";

const [from = "", to = ""] = process.argv.slice(2);
const before = written();
await copy(new Registry(from), new Registry(to));
process.stdout.write(`${peakMemory()} ${written() - before}\n`);

/** Bytes that this process has had the disks take. */
function written(): number {
  const text = readFileSync("/proc/self/io", "utf8");
  return Number(/^write_bytes: (\d+)$/m.exec(text)?.[1]);
}
