import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { skipWithoutCorpora } from "../support/corpora.ts";
import { skipWithout } from "../support/peers.ts";
import { readLayout } from "../support/read_layout.ts";
import { runCli, runCliOk } from "../support/run_cli.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const hello = fileURLToPath(new URL("../../examples/hello", import.meta.url));
const build = ["build", hello, "--entrypoint", "/hello"];
const skip = skipWithout("skopeo");

/** The digest in a line of results. */
function digestIn(stdout: string): string {
  const [, digest = ""] = stdout.match(/@(sha256:[\da-f]{64})\n$/) ?? [];
  assert.ok(digest, stdout);
  return digest;
}

/** The digest of the image configuration, as skopeo reads it. */
async function imageId(location: string): Promise<string> {
  const raw = await runOk("skopeo", ["inspect", "--raw", location]);
  return JSON.parse(raw).config.digest;
}

/** Lets skopeo read everything and check every digest. */
async function copyAway(location: string, directory: string): Promise<void> {
  await runOk("skopeo", [
    ...["--insecure-policy", "copy", "--quiet"],
    ...[location, `dir:${directory}/copy`],
  ]);
}

for (
  const [kind, locate] of [
    ["oci", (directory) => `oci:${directory}/layout:v1`],
    ["oci-archive", (directory) => `oci-archive:${directory}/hello.tar:v1`],
  ] as [string, (directory: string) => string][]
) {
  test(`skopeo reads what build wrote to ${kind}:`, { skip }, async () => {
    await withTempDir(async (directory) => {
      const location = locate(directory);
      const digest = digestIn(await runCliOk([...build, "-o", location]));
      const seen = JSON.parse(await runOk("skopeo", ["inspect", location]));
      assert.equal(seen.Digest, digest);
      assert.equal(seen.Os, "linux");
      assert.equal(seen.Architecture, "amd64");
      await copyAway(location, directory);
    });
  });
}

test("skopeo reads what build wrote to docker-archive:", { skip }, async () => {
  await withTempDir(async (directory) => {
    const name = "example.test/hello:v1";
    const location = `docker-archive:${directory}/hello.tar:${name}`;
    await runCliOk([...build, "-o", location, "-o", `oci:${directory}/o:v1`]);
    assert.equal(
      await imageId(location),
      await imageId(`oci:${directory}/o:v1`),
    );
    await copyAway(location, directory);
  });
});

test(
  "skopeo reads a bare .tar as either kind of archive",
  { skip },
  async () => {
    await withTempDir(async (directory) => {
      const file = `${directory}/hello.tar`;
      const digest = digestIn(await runCliOk([...build, "-o", file]));
      const seen = await runOk("skopeo", ["inspect", `oci-archive:${file}`]);
      assert.equal(JSON.parse(seen).Digest, digest);
      assert.equal(
        await imageId(`docker-archive:${file}`),
        await imageId(`oci-archive:${file}`),
      );
      await copyAway(`docker-archive:${file}`, directory);
    });
  },
);

test("skopeo reads what build wrote to standard output", { skip }, async () => {
  await withTempDir(async (directory) => {
    const { code, bytes, stderr } = await runCli([...build, "-o", "-"]);
    assert.equal(code, 0, stderr);
    const file = `${directory}/hello.tar`;
    await writeFile(file, bytes);
    await copyAway(`docker-archive:${file}`, directory);
  });
});

/** Settings of all kinds, for documents with all that they can hold. */
const settings = [
  ...["--cmd", '["-v", "<&>"]', "--env", "A=1", "--user", "1000:1000"],
  ...["--workdir", "/srv", "--expose", "80/tcp", "--volume", "/data"],
  ...["--stop-signal", "SIGINT", "--author", "Alice", "--label", "a=b,c=d"],
  ...["--created", "1700000000"],
  ...["--health-cmd", "true", "--health-interval", "30s", "--tag", "latest"],
  ...["--platform", "linux/arm/v7", "--os-version", "1", "--os-feature", "x"],
];

const formats = [
  ["oci", "--annotation", "org.example=\u2028", "--annotation", "a=<&>"],
  ["docker"],
] as const;

for (const [format, ...rest] of formats) {
  test(`documents in the format ${format} fit the specification's schemas`, {
    skip: skipWithout("tar") || skipWithoutCorpora,
  }, async () => {
    await withTempDir(async (directory) => {
      const file = `${directory}/hello.tar`;
      const layout = `${directory}/layout`;
      const args = [...build, ...settings, "--format", format, ...rest];
      await runCliOk([...args, "-o", file, "-o", `oci:${layout}:v1`]);
      await mkdir(`${directory}/archive`);
      await runOk("tar", ["-xf", file, "-C", `${directory}/archive`]);
      const { manifest } = await readLayout(`${directory}/archive`);
      assert.deepEqual(manifest, (await readLayout(layout)).manifest);
      // A second build adds to the layout.
      await runCliOk([...build, "-o", `oci:${layout}:v2`]);
      assert.equal((await readLayout(layout)).index.manifests.length, 3);
    });
  });
}
