import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BenchWorld,
  buildahPush,
  newCache,
  newPath,
  newReference,
} from "./bench_world.ts";
import { type Contender, contest, type Standing } from "./contest.ts";
import { copyExecutables, writeSmallFiles } from "./inputs.ts";
import { measure, type Measured } from "./measure.ts";
import { type Runtime, scratchbuild } from "./programs.ts";
import type { CaseResult } from "./results.ts";

/** Case (c): the same push again. */
export async function again(world: BenchWorld): Promise<CaseResult> {
  const source = join(world.directory, "again");
  copyExecutables(source, world.quick ? 20e6 : 200e6);
  const contenders: Contender[] = [];
  for (const runtime of world.runtimes) {
    contenders.push(
      ...pushedTwice(world, runtime, [source], () => {}),
      ...pushedTwice(world, runtime, [source], () => {}, "--no-cache").slice(1),
    );
  }
  if (!world.missing.has("buildah")) {
    const push = buildahPush(world, source);
    let reference = "";
    contenders.push({
      name: "buildah, first",
      run: () => push(reference = newReference(world)),
    }, { name: "buildah, again", run: () => push(reference) });
  }
  return {
    name: "c",
    title: "The same push again",
    about: "The tree of (a), of which nothing has changed, to the same tag: " +
      "with what the cache knows of it, and without a cache. Compared with the " +
      "first push of the same program.",
    unit: "time",
    standings: againstFirst(await contest("(c)", contenders, world.rounds)),
  };
}

/** Case (d): one small file has changed. */
export async function changed(world: BenchWorld): Promise<CaseResult> {
  const count = world.quick ? 2400 : 24_000;
  const small = join(world.directory, "changed");
  writeSmallFiles(small, count);
  const large = join(world.directory, "unchanged");
  copyExecutables(large, world.quick ? 20e6 : 200e6);
  const contenders: Contender[] = [];
  for (const runtime of world.runtimes) {
    const own = newPath(world, "own");
    mkdirSync(own);
    const one = newPath(world, "one");
    cpSync(small, one, { recursive: true });
    const touch = (path: string) => (round: number) =>
      writeFileSync(path, `now ${round} ${performance.now()}\n`);
    contenders.push(
      ...pushedTwice(
        world,
        runtime,
        [large, `${own}:/own`],
        touch(join(own, "config.json")),
        "",
        "in a layer of its own",
      ),
      ...pushedTwice(
        world,
        runtime,
        [one],
        touch(join(one, "0/0/0.txt")),
        "",
        `one of ${count.toLocaleString("en")} in a layer`,
      ),
    );
  }
  return {
    name: "d",
    title: "One small file has changed",
    about: "A small file beside the layer of (a), and one of those of (b). " +
      "Compared with the first push of the same program.",
    unit: "time",
    standings: againstFirst(await contest("(d)", contenders, world.rounds)),
  };
}

/** The first push to a repository, and the second one. */
function pushedTwice(
  world: BenchWorld,
  runtime: Runtime,
  sources: readonly string[],
  change: (round: number) => void,
  flag = "",
  what = "unchanged",
): Contender[] {
  let reference = "";
  let env: Record<string, string> = {};
  const flags = flag === "" ? [] : [flag];
  const name = `${runtime.name}, ${what}`;
  const push = (): Promise<Measured> => {
    const args = ["push", "--progress", "none", ...sources, reference];
    return measure(scratchbuild(runtime, ...args, ...flags), { env });
  };
  // Without a cache, what is there by then is what the first one has pushed.
  const first = {
    name: `${name}, first`,
    run: async (round: number) => {
      reference = newReference(world);
      env = newCache(world);
      change(round);
      const measured = await push();
      // What was changed a moment ago is not trusted by a cache.
      await new Promise((resolve) => setTimeout(resolve, 2100));
      return measured;
    },
  };
  const second = {
    name: flag === "" ? `${name}, again` : `${name}, again, ${flag}`,
    run: async (round: number) => {
      if (flag !== "") await firstWithout();
      change(round + 0.5);
      return await push();
    },
  };
  const firstWithout = async () => {
    reference = newReference(world);
    env = newCache(world);
    await push();
  };
  return [first, second];
}

/** Puts beside each second push which first one it is compared with. */
function againstFirst(standings: readonly Standing[]): Standing[] {
  let first: Standing | undefined;
  return standings.map((standing) => {
    if (standing.name.endsWith(", first")) first = standing;
    return { ...standing, ...(first && { against: first.name }) };
  });
}
