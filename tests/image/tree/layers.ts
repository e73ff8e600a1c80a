import { bytesSource } from "../../../src/bytes/byte_source.ts";
import { concat } from "../../../src/bytes/concat.ts";
import { digestOf } from "../../../src/bytes/sha256.ts";
import type { Layer } from "../../../src/image/container_image.ts";
import type { ImageTree } from "../../../src/image/image_tree.ts";

/** An entry of a tar, in so far as a test cares. */
export interface RawEntry {
  readonly path: string;
  /** The type flag: `0` file, `1` hard link, `2` link, `3` device, `5` directory. */
  readonly flag?: string;
  readonly body?: string;
  readonly target?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

const encoder = new TextEncoder();

/**
 * A layer of exactly these entries, in this order, not compressed: what no
 * writer of ours would write.
 */
export async function rawLayer(...entries: RawEntry[]): Promise<Layer> {
  const blocks = entries.flatMap((entry) => {
    const content = encoder.encode(entry.body ?? "");
    const padded = new Uint8Array(Math.ceil(content.byteLength / 512) * 512);
    padded.set(content);
    return [header(entry, content.byteLength), padded];
  });
  return await layerOf(concat([...blocks, new Uint8Array(1024)]));
}

/** The layer whose bytes are this tar. */
export async function layerOf(tar: Uint8Array): Promise<Layer> {
  const digest = await digestOf(tar);
  return {
    ...bytesSource(tar),
    digest,
    diffId: digest,
    encoding: "none",
    createdBy: "",
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What is in a tree, a line for each path. */
export function listing(tree: ImageTree): string[] {
  return [...tree.walk()].map(({ path, type, size, target, layer }) =>
    `${layer ?? "-"} /${path} ` +
    (type === "symlink" ? `-> ${target}` : type === "file" ? size : type)
  );
}

function header(entry: RawEntry, size: number): Uint8Array {
  const block = new Uint8Array(512);
  const { flag = "0", mode = flag === "5" ? 0o755 : 0o644 } = entry;
  const { uid = 0, gid = 0, target = "" } = entry;
  const text = (offset: number, value: string) =>
    block.set(encoder.encode(value), offset);
  const octal = (offset: number, digits: number, value: number) =>
    text(offset, value.toString(8).padStart(digits, "0"));
  text(0, entry.path);
  octal(100, 7, mode);
  octal(108, 7, uid);
  octal(116, 7, gid);
  octal(124, 11, size);
  octal(136, 11, 0);
  text(148, " ".repeat(8));
  text(156, flag);
  text(157, target);
  text(257, "ustar\x0000");
  octal(148, 6, block.reduce((sum, byte) => sum + byte, 0));
  block[154] = 0;
  return block;
}
