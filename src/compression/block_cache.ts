import { createSha256 } from "../bytes/sha256.ts";
import { builtinModule } from "../bytes/builtin_module.ts";
import type { BlockCodec } from "./block_codec.ts";

/** Blocks that were compressed before, by what tells them from all others. */
export interface BlockCache {
  /**
   * The compressed block.
   *
   * @param key What {@linkcode blockKey} says.
   * @returns Nothing where it is not there, or not whole.
   */
  load(key: string): Uint8Array | undefined;

  /**
   * Keeps a compressed block, if it can. It never fails.
   *
   * @param bytes They may be read until this has returned.
   */
  save(key: string, bytes: Uint8Array): void;
}

/** The compressor that gzip blocks come from; `deno.json` has the same. */
const LIBDEFLATE = "libdeflate 0.1.0";

/** Says what decides on compressed bytes besides the block. */
export function codecIdentity({ name, level }: BlockCodec): string {
  if (name === "gzip") return `${name} ${level} ${LIBDEFLATE}`;
  // Where the version is not told, that of the runtime decides on it.
  const process = builtinModule<typeof import("node:process")>("node:process");
  const { versions } = process ?? {};
  return `${name} ${level} ${versions?.zstd ?? JSON.stringify(versions)}`;
}

/** Tells a block that is compressed in one way from all others. */
export function blockKey(block: Uint8Array, codec: BlockCodec): string {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(`block ${codecIdentity(codec)}\n`));
  hash.update(block);
  return hash.digest().slice("sha256:".length);
}
