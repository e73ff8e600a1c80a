/**
 * Measures how long a directory takes to become a layer, with each codec, on
 * the runtime that runs this file, and prints the medians as a table.
 *
 * ```sh
 * deno run -A bench/bench.ts
 * bun bench/bench.ts
 * node bench/bench.ts # 22.18 or later
 * ```
 *
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createLayer, directory, type LayerOptions } from "../mod.ts";

const MIB = 1024 * 1024;
const rounds = 5;

const codecs: readonly Pick<LayerOptions, "compression" | "level">[] = [
  { compression: "none" },
  { compression: "gzip", level: 1 },
  { compression: "gzip" },
  { compression: "gzip", level: 6 },
  { compression: "gzip:stream" },
];

/** Bytes that are the same each time (xorshift32). */
function* random(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/** Text of a small vocabulary, with stretches that do not compress. */
function mixed(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const numbers = random(seed);
  const words = Array.from(
    { length: 2000 },
    () => numbers.next().value.toString(36),
  );
  const encoder = new TextEncoder();
  for (let offset = 0; offset < size;) {
    const number = numbers.next().value;
    const word = words[number % words.length] ?? "";
    const { written } = encoder.encodeInto(`${word} `, bytes.subarray(offset));
    offset += Math.max(written, 1);
    if (number % 64 === 0) {
      const end = Math.min(offset + 128, size);
      while (offset < end) bytes[offset++] = numbers.next().value;
    }
  }
  return bytes;
}

function writeTrees(root: string): Record<string, string> {
  const large = join(root, "large");
  mkdirSync(large);
  writeFileSync(join(large, "file"), mixed(64 * MIB, 1));
  const small = join(root, "small");
  for (let index = 0; index < 5000; index++) {
    const folder = join(small, `${index % 50}`);
    if (index < 50) mkdirSync(folder, { recursive: true });
    const size = 200 + index * 7 % 8000;
    writeFileSync(join(folder, `${index}.txt`), mixed(size, index + 1));
  }
  return { "one file of 64 MiB": large, "5,000 small files": small };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function measure(path: string, options: LayerOptions): Promise<string[]> {
  const times: number[] = [];
  let tarSize = 0;
  let size = 0;
  // The first round warms up and does not count.
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const layer = await createLayer(directory(path), options);
    if (round > 0) times.push(performance.now() - start);
    ({ tarSize, size } = layer);
    await layer[Symbol.asyncDispose]();
  }
  const time = median(times);
  return [
    `${time.toFixed(0)} ms`,
    (tarSize / 1e6 / (time / 1000)).toFixed(0),
    `${(100 * size / tarSize).toFixed(1)} %`,
  ];
}

const { deno, bun, node } = process.versions as Record<string, string>;
const runtime = deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`;
const root = mkdtempSync(join(tmpdir(), "scratchbuild-bench-"));
try {
  console.log(`${runtime}, medians of ${rounds}\n`);
  console.log("| tree | codec | time | MB/s of tar | size |");
  console.log("|---|---|--:|--:|--:|");
  for (const [name, path] of Object.entries(writeTrees(root))) {
    for (const codec of codecs) {
      const { compression, level } = codec;
      const title = level ? `${compression}, level ${level}` : compression;
      const cells = [name, title, ...await measure(path, codec)];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
} finally {
  rmSync(root, { recursive: true });
}
