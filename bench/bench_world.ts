import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchOptions } from "./options.ts";
import type { Contender } from "./contest.ts";
import { type Command, measure, type Measured } from "./measure.ts";
import type { ProgramName, Runtime } from "./programs.ts";
import { scratchbuild } from "./programs.ts";

/** What the cases measure with. */
export interface BenchWorld extends BenchOptions {
  /** Where Deno keeps what it has compiled. */
  readonly denoDir: string;
  /** Where inputs and caches are. */
  readonly directory: string;
  /** The registry, `127.0.0.1:PORT`. */
  readonly host: string;
  /** The runtimes that scratchbuild runs on. */
  readonly runtimes: readonly Runtime[];
  /** Programs that are not installed. */
  readonly missing: ReadonlyMap<ProgramName, string>;
}

let count = 0;

/** A reference to a repository that is new. */
export function newReference({ host }: Pick<BenchWorld, "host">): string {
  return `${host}/bench/r${count++}:1`;
}

/** A path that nothing is at. */
export function newPath({ directory }: BenchWorld, name = "x"): string {
  return join(directory, `${name}-${count++}`);
}

/** An environment with a cache of its own, which is empty. */
export function newCache(world: BenchWorld): Record<string, string> {
  // Deno keeps what it has compiled in a cache, too.
  return { XDG_CACHE_HOME: newPath(world, "cache"), DENO_DIR: world.denoDir };
}

/** Pushes with scratchbuild to a repository that is new; its cache is empty. */
export async function pushAnew(
  world: BenchWorld,
  runtime: Runtime,
  source: string | readonly string[],
  ...flags: readonly string[]
): Promise<Measured> {
  const reference = newReference(world);
  const sources = typeof source === "string" ? [source] : source;
  const args = ["push", "--progress", "none", ...sources, reference, ...flags];
  const measured = await measure(scratchbuild(runtime, ...args), {
    env: newCache(world),
  });
  return { ...measured, bytes: await layerBytes(reference) };
}

/** Bytes of all layers of an image in the registry. */
export async function layerBytes(reference: string): Promise<number> {
  const [, host, path, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(reference) ?? [];
  const response = await fetch(`http://${host}/v2/${path}/manifests/${tag}`, {
    headers: {
      accept: "application/vnd.oci.image.manifest.v1+json, " +
        "application/vnd.docker.distribution.manifest.v2+json",
    },
  });
  if (!response.ok) throw new Error(`${reference}: ${response.status}`);
  const { layers } = await response.json() as { layers: { size: number }[] };
  return layers.reduce((sum, { size }) => sum + size, 0);
}

/** A shell command that writes a file, which is looked at and removed. */
export function toFile(
  world: BenchWorld,
  name: string,
  command: string,
  source: string,
): Contender {
  return {
    name,
    run: async () => {
      const file = newPath(world);
      const line = `tar -C "$0" -cf - . | ${command} > "$1"`;
      const measured = await measure(["sh", "-c", line, source, file]);
      const bytes = statSync(file).size;
      rmSync(file);
      return { ...measured, bytes };
    },
  };
}

/** Builds an image of one directory with buildah, and pushes it. */
export function buildahPush(
  world: BenchWorld,
  source: string,
): (reference: string) => Promise<Measured> {
  const storage = newPath(world, "buildah");
  const script = `set -e
b="buildah --root $2/root --runroot $2/run"
c=$($b from scratch)
$b copy -q "$c" "$0" / >/dev/null
$b commit -q --tls-verify=false "$c" "docker://$1" >/dev/null
$b rm "$c" >/dev/null`;
  return (reference) =>
    measure(["sh", "-c", script, source, reference, storage]);
}

/** Copies an archive into a registry with skopeo. */
export function skopeoCopy(archive: string, reference: string): Command {
  return [
    ...["skopeo", "copy", "-q", "--dest-tls-verify=false"] as const,
    archive,
    `docker://${reference}`,
  ];
}

/** Lends a directory that is removed in the end. */
export async function withBenchDirectory<T>(
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = mkdtempSync(join(tmpdir(), "scratchbuild-bench-"));
  try {
    return await use(path);
  } finally {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  }
}
