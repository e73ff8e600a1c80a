import assert from "node:assert/strict";
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar, unpackTar } from "modern-tar";
import {
  createLayerFromPath,
  type PathLayerOptions,
} from "../../src/machine/create_layer_from_path.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** Lends a directory with something of every kind in it. */
export function withSources(
  use: (root: string) => Promise<void>,
): Promise<void> {
  return withTempDir(async (root) => {
    mkdirSync(join(root, "dist/lib"), { recursive: true });
    writeFileSync(join(root, "dist/lib/a.js"), "a\n");
    writeFileSync(join(root, "tool"), "tool\n");
    chmodSync(join(root, "dist/lib"), 0o750);
    chmodSync(join(root, "tool"), 0o4750);
    utimesSync(join(root, "tool"), 1_600_000_000, 1_600_000_000);
    const tar = await packTar([
      { header: header("srv/", "directory", 0o2775), body: "" },
      { header: header("srv/page", "file", 0o640), body: "page\n" },
    ]);
    writeFileSync(join(root, "site.tar"), tar);
    writeFileSync(join(root, "site.tgz"), gzipSync(tar));
    await use(root);
  });
}

/** The header of an entry of a tar. */
export function header(name: string, type: "file" | "directory", mode: number) {
  const size = type === "file" ? "page\n".length : 0;
  const mtime = new Date(1_500_000_000_000);
  return { name, type, mode, size, mtime, uid: 7, gid: 8 };
}

/** Makes a layer, and reads what is in it: name, mode, owner, time. */
export async function packed(
  path: string,
  options: PathLayerOptions = {},
): Promise<string[]> {
  await using layer = await createLayerFromPath(path, {
    compression: "none",
    ...options,
  });
  const tar = new Uint8Array(await new Response(layer.stream()).arrayBuffer());
  return (await unpackTar(tar)).map(({ header, data }) => {
    const { name, mode = 0, uid, gid, mtime } = header;
    const seconds = (mtime?.getTime() ?? NaN) / 1000;
    const text = new TextDecoder().decode(data).trim();
    return `${name} ${mode.toString(8)} ${uid}:${gid} ${seconds} ${text}`
      .trim();
  });
}

/** What packing fails with. */
export async function failure(
  path: string,
  options?: PathLayerOptions,
): Promise<ScratchbuildError> {
  try {
    await packed(path, options);
  } catch (error) {
    if (error instanceof ScratchbuildError) return error;
    throw error;
  }
  return assert.fail("it was packed");
}
