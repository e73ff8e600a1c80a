/**
 * Pushes directories, a layer each, and prints the peak of this process's
 * memory: `push_and_measure.ts REFERENCE DIRECTORY...`.
 *
 * @module
 */
import process from "node:process";
import {
  createImage,
  createLayer,
  directory,
  push,
  Registry,
} from "../../mod.ts";
import { peakMemory } from "./peak_memory.ts";

const [reference = "", ...paths] = process.argv.slice(2);
const layers = [];
for (const path of paths) {
  layers.push(await createLayer(directory(path), { compression: "none" }));
}
await push(await createImage({ layers }), new Registry(reference));
console.log(peakMemory());
process.exit();
