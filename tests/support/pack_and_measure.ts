/**
 * Makes a layer of what lies at a path, and prints the size of its tar in bytes
 * and the peak of this process's memory in kB:
 * `pack_and_measure.ts PATH [PREFIX]`.
 *
 * @module
 */
import process from "node:process";
import { createLayerFromPath } from "../../mod.ts";
import { peakMemory } from "./peak_memory.ts";

const [path = "", prefix] = process.argv.slice(2);
await using layer = await createLayerFromPath(path, {
  level: 1,
  ...prefix !== undefined && { prefix },
});
console.log(layer.tarSize, peakMemory());
