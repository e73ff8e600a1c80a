/**
 * Pushes a directory and prints the peak of this process's memory:
 * `push_and_measure.ts DIRECTORY REFERENCE`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import {
  createImage,
  createLayer,
  directory,
  push,
  Registry,
} from "../../mod.ts";

const [path = "", reference = ""] = process.argv.slice(2);
const layer = await createLayer(directory(path), { compression: "none" });
await push(await createImage({ layers: [layer] }), new Registry(reference));
const status = readFileSync("/proc/self/status", "utf8");
const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
console.log(peak);
process.exit();
