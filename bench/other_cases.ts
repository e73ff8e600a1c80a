import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  type BenchWorld,
  newCache,
  newPath,
  newReference,
  pushAnew,
} from "./bench_world.ts";
import { type Contender, contest } from "./contest.ts";
import { copyExecutables, writeLargeFile } from "./inputs.ts";
import { withLimiter } from "./limiter.ts";
import { measure } from "./measure.ts";
import { scratchbuild } from "./programs.ts";
import type { CaseResult } from "./results.ts";

const MIB = 1024 * 1024;

/** Case (e): how time and memory grow with the size. */
export async function sizes(world: BenchWorld): Promise<CaseResult> {
  const standings = [];
  const all = world.quick ? [8, 64] : [64, 256, 1024, 4096];
  for (const size of all) {
    const source = join(world.directory, `size-${size}`);
    writeLargeFile(join(source, "file"), size * MIB);
    const rounds = size >= 1024 ? Math.min(world.rounds, 3) : world.rounds;
    const contenders: Contender[] = world.runtimes.map((runtime) => ({
      name: `${runtime.name}, ${size} MiB`,
      run: () => pushAnew(world, runtime, source),
    }));
    const smallest = all[0];
    for (const standing of await contest("(e)", contenders, rounds)) {
      const [runtime] = standing.name.split(",");
      standings.push({ ...standing, against: `${runtime}, ${smallest} MiB` });
    }
    rmSync(source, { recursive: true });
  }
  return {
    name: "e",
    title: "Sizes",
    about: "One file, pushed to an empty repository. Memory is the most that " +
      "the process had. Compared with the smallest.",
    unit: "memory",
    standings,
  };
}

/** Case (f): a registry behind a slow line. */
export async function slowLine(world: BenchWorld): Promise<CaseResult> {
  const source = join(world.directory, "slow");
  const parts = ["1", "2", "3"];
  const sources = parts.map((name) => `${join(source, name)}:/${name}`);
  copyExecutables(source, world.quick ? 20e6 : 200e6, parts);
  const port = Number(world.host.split(":")[1]);
  const standings = await withLimiter(port, 12_500_000, async (slow) => {
    const host = `127.0.0.1:${slow}`;
    const contenders: Contender[] = [];
    for (const runtime of world.runtimes) {
      const { name } = runtime;
      const layout = newPath(world, "layout");
      contenders.push({
        name: `${name}, compress alone`,
        run: async () => {
          rmSync(layout, { recursive: true, force: true });
          const args = ["build", source, "-o", `oci:${layout}:1`, "--no-cache"];
          return await measure(scratchbuild(runtime, ...args));
        },
      }, {
        name: `${name}, upload alone`,
        run: () =>
          measure(
            scratchbuild(
              runtime,
              "copy",
              `oci:${layout}:1`,
              newReference({ host }),
            ),
            { env: newCache(world) },
          ),
      }, {
        name: `${name}, push of one layer`,
        run: () => pushAnew({ ...world, host }, runtime, source),
      }, {
        name: `${name}, push of three layers`,
        run: () => pushAnew({ ...world, host }, runtime, sources),
      });
    }
    return await contest("(f)", contenders, world.rounds);
  });
  return {
    name: "f",
    title: "A registry behind 100 Mbit/s",
    about: "The files of (a), as one layer and as three. Compared with the " +
      "larger of compressing alone and uploading alone.",
    unit: "time",
    standings: standings.map((standing) => {
      const [runtime] = standing.name.split(",");
      const [longer] = standings
        .filter(({ name }) =>
          name.startsWith(`${runtime},`) && name.endsWith(" alone")
        )
        .sort((a, b) => b.seconds - a.seconds);
      return { ...standing, ...(longer && { against: longer.name }) };
    }),
  };
}

/** Case (g): how long it takes to begin. */
export async function startUp(world: BenchWorld): Promise<CaseResult> {
  const contenders = world.runtimes.flatMap((runtime): Contender[] => [{
    name: `${runtime.name}, an empty script`,
    run: () => measure([runtime.program, ...runtime.empty]),
  }, {
    name: `${runtime.name}, scratchbuild --version`,
    run: () => measure(scratchbuild(runtime, "--version")),
  }]);
  const rounds = world.quick ? 5 : 21;
  const standings = await contest("(g)", contenders, rounds);
  return {
    name: "g",
    title: "Start-up",
    about: "Compared with a script that does nothing on the same runtime.",
    unit: "milliseconds",
    standings: standings.map((standing) => {
      const [runtime] = standing.name.split(",");
      return { ...standing, against: `${runtime}, an empty script` };
    }),
  };
}
