/**
 * Pushes directories, a layer each, and prints the peak of this process's
 * memory: `push_and_measure.ts REFERENCE DIRECTORY...`.
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

const [reference = "", ...paths] = process.argv.slice(2);
const layers = [];
for (const path of paths) {
  layers.push(await createLayer(directory(path), { compression: "none" }));
}
await push(await createImage({ layers }), new Registry(reference));
const status = readFileSync("/proc/self/status", "utf8");
const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
console.log(peak);
process.exit();
