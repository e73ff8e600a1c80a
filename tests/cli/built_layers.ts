import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { unpackTar } from "modern-tar";
import type { Image } from "../../src/spec/image.ts";
import type { Index, Manifest } from "../../src/spec/manifest.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { type InProcessResult, runInProcess } from "./run_in_process.ts";

/** An entry of a layer, as another reader sees it. */
export interface BuiltEntry {
  /** Path, with a `/` at the end of a directory. */
  readonly name: string;
  /** What it is. */
  readonly type: string;
  /** Permissions in octal. */
  readonly mode: string;
  /** `UID:GID`. */
  readonly owner: string;
  /** Seconds since 1970, with fractions where there are any. */
  readonly mtime: number;
  /** Where a link points. */
  readonly target: string;
  /** The content, as text. */
  readonly text: string;
}

/** An image that the command built. */
export interface Built extends InProcessResult {
  /** What each layer holds. */
  readonly layers: BuiltEntry[][];
  /** Digest of each layer, which is that of its tar. */
  readonly diffIds: readonly string[];
  /** `created_by` of each layer. */
  readonly history: (string | undefined)[];
}

/**
 * Builds an image and reads its layers. Nothing is in them where the build
 * failed.
 */
export function built(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Built> {
  return withTempDir(async (root) => {
    const result = await runInProcess(
      [
        ...["build", "--compression", "none", "--xattrs", "off"],
        ...["-o", `oci:${root}/out`, ...argv],
      ],
      { env },
    );
    if (result.status !== 0) {
      return { ...result, layers: [], diffIds: [], history: [] };
    }
    const bytes = (...path: string[]) => readFile(join(root, "out", ...path));
    const json = async <T>(...path: string[]) =>
      JSON.parse((await bytes(...path)).toString()) as T;
    const blob = (digest = "") => ["blobs", ...digest.split(":")];
    const index = await json<Index>("index.json");
    const manifest = await json<Manifest>(...blob(index.manifests[0]?.digest));
    const config = await json<Image>(...blob(manifest.config.digest));
    const tars = manifest.layers.map(({ digest }) => bytes(...blob(digest)));
    return {
      ...result,
      layers: await Promise.all(tars.map(async (tar) => entriesOf(await tar))),
      diffIds: config.rootfs.diff_ids,
      history: (config.history ?? []).map(({ created_by }) => created_by),
    };
  });
}

async function entriesOf(tar: Uint8Array): Promise<BuiltEntry[]> {
  const entries = await unpackTar(tar);
  return entries.map(({ header, data }) => ({
    name: header.name,
    type: header.type ?? "file",
    mode: (header.mode ?? 0).toString(8),
    owner: `${header.uid}:${header.gid}`,
    mtime: (header.mtime?.getTime() ?? 0) / 1000,
    target: header.linkname ?? "",
    text: new TextDecoder().decode(data),
  }));
}

/** What lies in a layer. */
export function namesIn(layer: readonly BuiltEntry[] = []): string[] {
  return layer.map(({ name }) => name);
}
