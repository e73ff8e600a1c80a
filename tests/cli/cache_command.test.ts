import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";
import { withServed } from "./with_served.ts";

/** Runs something a minute later, so that nothing was changed just now. */
async function later<T>(run: () => Promise<T>): Promise<T> {
  const { now } = Date;
  Date.now = () => now() + 60_000;
  try {
    return await run();
  } finally {
    Date.now = now;
  }
}

interface Place {
  /** A directory to pack. */
  readonly source: string;
  /** Where the cache is. */
  readonly cache: string;
  /** Builds it a minute later, and gives the digest. */
  readonly build: (...flags: string[]) => Promise<string>;
  /** Builds it now. */
  readonly buildNow: () => Promise<string>;
}

function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    const [source, cache] = [join(root, "src"), join(root, "cache")];
    await mkdir(source);
    await writeFile(join(source, "a"), "a".repeat(2000));
    await writeFile(join(source, "b"), "b");
    const buildNow = async (...flags: string[]) => {
      await rm(join(root, "out"), { recursive: true, force: true });
      const output = ["-o", `oci:${root}/out`, "--xattrs", "off", "--quiet"];
      const { status, stdout, stderr } = await runInProcess(
        ["build", source, ...output, ...flags],
        { env: { SCRATCHBUILD_CACHE_DIR: cache } },
      );
      assert.equal(status, 0, stderr);
      const verified = await runInProcess(["verify", `oci:${root}/out`]);
      assert.equal(verified.status, 0, verified.stderr);
      return /sha256:[0-9a-f]{64}/.exec(stdout)?.[0] ?? assert.fail(stdout);
    };
    const build = (...flags: string[]) => later(() => buildNow(...flags));
    await use({ source, cache, build, buildNow });
  });
}

test("an image has the same digest with a cold and with a warm cache", () =>
  withPlace(async ({ build }) => {
    const plain = await build("--no-cache");
    assert.equal(await build(), plain);
    assert.equal(await build(), plain);
    assert.equal(await build("--no-cache"), plain);
  }));

test("what was written to is read again", () =>
  withPlace(async ({ source, build }) => {
    const before = await build();
    const file = join(source, "b");
    await utimes(file, new Date(2020, 1, 1), new Date(2020, 1, 1));
    assert.equal(await build(), before);
    await writeFile(file, "c");
    assert.notEqual(await build(), before);
    await writeFile(file, "b");
    assert.equal(await build(), before);
  }));

test("what was written to just now is not trusted, whatever its times say", () =>
  withPlace(async ({ source, buildNow }) => {
    const file = join(source, "b");
    const time = new Date(2020, 1, 1);
    const digests = new Set<string>();
    for (const content of ["c", "d", "e"]) {
      await writeFile(file, content);
      await utimes(file, time, time);
      digests.add(await buildNow());
    }
    assert.equal(digests.size, 3);
  }));

test("--no-cache leaves nothing behind, and looks at nothing", () =>
  withPlace(async ({ cache, build }) => {
    await build("--no-cache");
    assert.equal(existsSync(cache), false);
    const digest = await build();
    assert.ok(readdirSync(join(cache, "layers")).length > 0);
    assert.equal(await build("--no-cache"), digest);
  }));

test("other flags for a layer make another one", () =>
  withPlace(async ({ build }) => {
    const digests = new Set<string>();
    const cases = [
      [],
      ["--owner", "5:5"],
      ["--mtime", "1"],
      ["--mtime", "preserve"],
      ["--compression-level", "1"],
      ["--compression", "none"],
    ];
    for (const flags of cases) digests.add(await build(...flags));
    assert.equal(digests.size, cases.length);
    for (const flags of cases) digests.add(await build(...flags));
    assert.equal(digests.size, cases.length);
  }));

test("an unchanged tree is pushed to another registry from the cache", () =>
  withServed(
    async (root, served, second) => {
      const [one, other] = [served ?? assert.fail(), second ?? assert.fail()];
      const source = join(root, "src");
      await mkdir(source);
      await writeFile(join(source, "a"), "content");
      const env = { SCRATCHBUILD_CACHE_DIR: join(root, "cache") };
      const push = async (host: string) => {
        const argv = ["push", source, `${host}/app:1`, "--xattrs", "off"];
        const { status, stderr } = await later(() =>
          runInProcess([...argv, "--quiet"], { env })
        );
        assert.equal(status, 0, stderr);
      };
      await push(one.host);
      await push(other.host);
      assert.deepEqual(other.registry.tags, one.registry.tags);
      const { status } = await runInProcess(["verify", `${other.host}/app:1`]);
      assert.equal(status, 0);
    },
    {},
    {},
  ));
