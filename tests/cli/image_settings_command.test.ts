import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { Image } from "../../src/spec/image.ts";
import type { Index, Manifest } from "../../src/spec/manifest.ts";
import { gitRepository } from "../support/git_repository.ts";
import { skipWithout } from "../support/peers.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { type InProcessOptions, runInProcess } from "./run_in_process.ts";

/** Builds `dist` into a layout, and reads what the image says of itself. */
async function build(
  root: string,
  flags: readonly string[],
  options: InProcessOptions = {},
): Promise<{ manifest: Manifest; config: Image; stderr: string }> {
  await mkdir(join(root, "dist"), { recursive: true });
  await writeFile(join(root, "dist", "file"), "content\n");
  const layout = join(root, "out");
  const argv = ["build", join(root, "dist"), "-o", `oci:${layout}`, ...flags];
  const { status, stderr } = await runInProcess(argv, options);
  assert.equal(status, 0, stderr);
  const read = async (...path: string[]) =>
    JSON.parse(await readFile(join(layout, ...path), "utf8"));
  const blob = (digest = "") => read("blobs", ...digest.split(":"));
  const index: Index = await read("index.json");
  const manifest: Manifest = await blob(index.manifests.at(-1)?.digest);
  return { manifest, config: await blob(manifest.config.digest), stderr };
}

test("settings come from a file, from flags and from the environment", () =>
  withTempDir(async (root) => {
    const file = join(root, "package.json");
    const scratchbuild = {
      env: { A: "1", FROM: null, GONE: null },
      label: { a: "b" },
      annotation: ["x=y"],
      expose: 8080,
      user: "1",
      healthcheck: { test: ["CMD", "/x"], interval: "1m" },
      created: 1,
    };
    await writeFile(file, JSON.stringify({ name: "x", scratchbuild }));
    const { manifest, config, stderr } = await build(root, [
      ...["--config", file, "--user", "2", "--env", "A=2", "--label", "c=d"],
      ...["--health-retries", "5", "--author", "me", "--os-version", "1"],
    ], { env: { FROM: "here", SOURCE_DATE_EPOCH: "5" } });
    assert.match(
      stderr,
      /warning: --env "GONE" is left out: the environment does not have it\n/,
    );
    assert.deepEqual(config.config, {
      Env: ["A=2", "FROM=here"],
      ExposedPorts: { "8080/tcp": {} },
      Healthcheck: {
        Test: ["CMD", "/x"],
        Interval: 60_000_000_000,
        Retries: 5,
      },
      Labels: { a: "b", c: "d" },
      User: "2",
    });
    assert.equal(config.author, "me");
    assert.equal(config["os.version"], "1");
    assert.equal(config.created, "1970-01-01T00:00:01Z");
    assert.deepEqual(manifest.annotations, { x: "y" });
  }));

test("SOURCE_DATE_EPOCH is the time of the image and of its history", () =>
  withTempDir(async (root) => {
    const env = { SOURCE_DATE_EPOCH: "1700000000" };
    const { config } = await build(root, [], { env });
    assert.equal(config.created, "2023-11-14T22:13:20Z");
    assert.equal(config.history?.[0]?.created, "2023-11-14T22:13:20Z");
  }));

test("--vcs notes the checkout that the source belongs to", {
  skip: skipWithout("git"),
}, () =>
  withTempDir(async (root) => {
    const { commit, env } = await gitRepository(root);
    const revision = await commit("a");
    const { manifest, config } = await build(root, ["--vcs"], { env });
    const found = {
      "org.opencontainers.image.created": "2026-01-31T10:00:00Z",
      "org.opencontainers.image.revision": revision,
    };
    assert.deepEqual(config.config?.Labels, found);
    assert.deepEqual(manifest.annotations, found);
    assert.equal(config.created, "2026-01-31T10:00:00Z");
  }));

test("without a checkout --vcs fails, and nothing is written", {
  skip: skipWithout("git"),
}, () =>
  withTempDir(async (root) => {
    const { PATH = "" } = process.env;
    await writeFile(join(root, "file"), "content\n");
    const { status, stderr } = await runInProcess(
      ["build", root, "-o", `${root}.tar`, "--vcs"],
      { env: { PATH, GIT_CEILING_DIRECTORIES: root } },
    );
    assert.equal(status, 1);
    assert.equal(
      stderr,
      `scratchbuild: Cannot read the git checkout of ${root}: ` +
        "it is in no checkout of git; take one, or do without what git knows\n",
    );
    await assert.rejects(readFile(`${root}.tar`), { code: "ENOENT" });
  }));

test("settings that cannot be right are a wrong call", () =>
  withTempDir(async (root) => {
    const file = join(root, "app.json");
    await writeFile(file, '{"entrypiont": "/app"}');
    for (
      const [flags, message] of [
        [
          ["--config", file],
          `Cannot use the configuration file ${file}: it has "entrypiont", ` +
          'and there is no such setting; did you mean "entrypoint"?',
        ],
        [
          ["--health-interval", "30s"],
          "Cannot use --health-interval without --health-cmd, the check itself",
        ],
        [
          ["--no-healthcheck", "--health-cmd", "x"],
          "Cannot use --health-cmd with --no-healthcheck; leave one of them out",
        ],
        [
          ["--health-timeout", "30"],
          'Cannot use --health-timeout "30": write a duration as in 30s, ' +
          "1m30s or 500ms",
        ],
      ] as const
    ) {
      const argv = ["build", root, "-o", `${root}.tar`, ...flags];
      const { status, stderr } = await runInProcess(argv);
      assert.deepEqual([status, stderr], [2, `scratchbuild: ${message}\n`]);
    }
  }));
