import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  type BenchWorld,
  buildahPush,
  layerBytes,
  newPath,
  newReference,
  pushAnew,
  skopeoCopy,
  toFile,
} from "./bench_world.ts";
import { type Contender, contest } from "./contest.ts";
import { copyExecutables, writeSmallFiles } from "./inputs.ts";
import { measure } from "./measure.ts";
import { scratchbuild } from "./programs.ts";
import type { CaseResult } from "./results.ts";

/** What all others are compared with. */
export const PIGZ = "tar | pigz -6 > file";

/** Case (a): programs and libraries, in one layer. */
export async function executables(world: BenchWorld): Promise<CaseResult> {
  const source = join(world.directory, "executables");
  const size = world.quick ? 20e6 : 200e6;
  const { files, bytes } = copyExecutables(source, size);
  return {
    name: "a",
    title: `A new image of ${megabytes(bytes)} of executables`,
    about: `${files} programs and libraries of this machine, from \`/usr\`, ` +
      "pushed to an empty repository.",
    unit: "time",
    against: PIGZ,
    standings: await pushContest(world, "a", source),
  };
}

/** Case (b): many small files, in one layer. */
export async function smallFiles(world: BenchWorld): Promise<CaseResult> {
  const source = join(world.directory, "small");
  const count = world.quick ? 2400 : 24_000;
  const { bytes } = writeSmallFiles(source, count);
  return {
    name: "b",
    title: `A new image of ${count.toLocaleString("en")} small files`,
    about:
      `${megabytes(bytes)} in pieces of 8 KB in the mean, cut out of the ` +
      "sources and texts of this machine, pushed to an empty repository.",
    unit: "time",
    against: PIGZ,
    standings: await pushContest(world, "b", source),
  };
}

async function pushContest(world: BenchWorld, title: string, source: string) {
  const { missing, runtimes } = world;
  const contenders: Contender[] = [];
  const has = (...names: Parameters<typeof missing.has>[0][]) =>
    !names.some((name) => missing.has(name));
  if (has("tar", "pigz")) {
    contenders.push(toFile(world, PIGZ, "pigz -6", source));
    contenders.push(toFile(world, "tar | pigz -1 > file", "pigz -1", source));
  }
  if (has("tar", "zstd")) {
    contenders.push(
      toFile(world, "tar | zstd -3 > file", "zstd -q -3 -T0", source),
    );
  }
  if (has("buildah")) {
    const push = buildahPush(world, source);
    contenders.push({
      name: "buildah from, copy, push",
      run: async () => {
        const reference = newReference(world);
        const measured = await push(reference);
        return { ...measured, bytes: await layerBytes(reference) };
      },
    });
  }
  if (has("skopeo")) {
    const archive = `oci-archive:${await readyArchive(world, source)}`;
    contenders.push({
      name: "skopeo copy of a ready archive",
      run: async () => {
        const reference = newReference(world);
        const measured = await measure(skopeoCopy(archive, reference));
        return { ...measured, bytes: await layerBytes(reference) };
      },
    });
  }
  for (const runtime of runtimes) {
    contenders.push({
      name: `scratchbuild push, ${runtime.name}`,
      run: () => pushAnew(world, runtime, source),
    });
  }
  for (const runtime of runtimes) {
    contenders.push({
      name: `… --compression-level 1, ${runtime.name}`,
      run: () => pushAnew(world, runtime, source, "--compression-level=1"),
    }, {
      name: `… --compression zstd, ${runtime.name}`,
      run: () => pushAnew(world, runtime, source, "--compression=zstd"),
    });
  }
  const standings = await contest(`(${title})`, contenders, world.rounds);
  rmSync(join(world.directory, "buildah"), { recursive: true, force: true });
  return standings;
}

/** An archive of the same image. */
async function readyArchive(
  world: BenchWorld,
  source: string,
): Promise<string> {
  const [runtime] = world.runtimes;
  if (!runtime) throw new Error("Cannot measure: there is no runtime");
  const file = `${newPath(world, "ready")}.tar`;
  await measure(
    scratchbuild(runtime, "build", source, "-o", `oci-archive:${file}:1`),
  );
  return file;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
