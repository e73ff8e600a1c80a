/**
 * Compresses blocks by workers and says how many workers there are when the
 * process ends, which it does by itself.
 *
 * @module
 */
import process from "node:process";
import { BlockPool } from "../../src/compression/block_pool.ts";
import { encodeBlocks } from "../../src/compression/encode_blocks.ts";
import { startBlockWorker } from "../../src/compression/start_block_worker.ts";

const pool = new BlockPool(startBlockWorker);
process.on("exit", () => process.stdout.write(`${pool.size} workers\n`));

async function* blocks() {
  for (let count = 0; count < 8; count++) yield new Uint8Array(1000);
}

let count = 0;
const codec = { name: "gzip", level: 5 } as const;
for await (const _ of encodeBlocks(blocks(), codec, { jobs: 2, pool })) count++;
process.stdout.write(`${count} blocks\n`);
