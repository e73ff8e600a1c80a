import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { LayoutDirectory } from "../../src/machine/layout_directory.ts";
import { parseLocation } from "../../src/machine/location.ts";
import { openSource } from "../../src/machine/open_source.ts";
import type { Publishable } from "../../src/image/publishable.ts";
import { pull } from "../../src/transfer/pull.ts";
import { push } from "../../src/transfer/push.ts";
import { amd64, index } from "../archive/published_samples.ts";
import { archiveOf, readThrough } from "../archive/read_samples.ts";
import { skipWithout } from "../support/peers.ts";
import { run } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const skip = { skip: skipWithout("skopeo") };
const open = (location: string) => openSource(parseLocation(location));
const diffIds = amd64.layers.map(({ diffId }) => diffId);

/** An archive and a layout of ours in a directory, as skopeo names them. */
async function written(dir: string, image: Publishable): Promise<string[]> {
  const path = join(dir, "ours");
  await push(image, new LayoutDirectory(path, { name: path, tags: ["v1"] }));
  await writeFile(`${path}.tar`, await archiveOf(image, { tags: ["v1"] }));
  return [`oci:${path}:v1`, `oci-archive:${path}.tar:v1`];
}

async function skopeo(...args: string[]): Promise<void> {
  const { code, stderr } = await run("skopeo", [
    "--insecure-policy",
    "copy",
    ...args,
  ]);
  assert.equal(code, 0, stderr);
}

for (
  const [target, flags, encoding] of [
    ["oci:DIR/copy", [], undefined],
    ["oci:DIR/copy:v1", ["--dest-compress-format", "gzip"], "gzip"],
    ["oci:DIR/copy:v1", ["--dest-compress-format", "zstd"], "zstd"],
    ["oci-archive:DIR/copy.tar", [], undefined],
    ["oci-archive:DIR/copy.tar:v1", ["--dest-compress-format", "zstd"], "zstd"],
    ["docker-archive:DIR/copy.tar", [], "none"],
    ["docker-archive:DIR/copy.tar:app:1", [], "none"],
  ] as const
) {
  const how = flags.length > 0 ? ` with ${flags[1]}` : "";
  test(
    `skopeo copies ours to ${target}${how}, and we read it`,
    skip,
    async () => {
      await withTempDir(async (dir) => {
        const place = target.replace("DIR", dir);
        for (const [at, source] of (await written(dir, amd64)).entries()) {
          const to = place.replace("copy", `copy${at}`);
          await skopeo(...flags, source, to);
          await readThrough(open(to));
          const { layers, config } = await pull(open(to));
          assert.deepEqual(layers.map(({ diffId }) => diffId), diffIds);
          assert.deepEqual(
            config.value.rootfs,
            amd64.config.value.rootfs,
          );
          if (encoding === undefined) continue;
          assert.deepEqual(
            [...new Set(layers.map(({ encoding }) => encoding))],
            [encoding],
          );
        }
      });
    },
  );
}

test(
  "skopeo copies our index with all its images, and we read it",
  skip,
  async () => {
    await withTempDir(async (dir) => {
      for (const [at, source] of (await written(dir, index)).entries()) {
        const to = `oci:${dir}/copy${at}`;
        await skopeo("--all", "--preserve-digests", source, to);
        assert.equal(
          await readThrough(open(to)),
          index.manifest.descriptor.digest,
        );
      }
    });
  },
);

test("skopeo and we find the same image in what it wrote", skip, async () => {
  await withTempDir(async (dir) => {
    const [ours = ""] = await written(dir, amd64);
    for (const place of ["oci:DIR/copy:v1", "oci-archive:DIR/copy.tar:v1"]) {
      const to = place.replace("DIR", dir);
      await skopeo("--preserve-digests", ours, to);
      const { stdout } = await run("skopeo", ["inspect", to]);
      const digest = await readThrough(open(to));
      assert.equal(digest, JSON.parse(stdout).Digest);
      assert.equal(digest, amd64.manifest.descriptor.digest);
    }
  });
});

test("an archive of skopeo that is compressed as a whole is read", {
  skip: skipWithout("skopeo", "gzip", "zstd"),
}, async () => {
  await withTempDir(async (dir) => {
    const [ours = ""] = await written(dir, amd64);
    for (const kind of ["oci-archive", "docker-archive"]) {
      const path = join(dir, `${kind}.tar`);
      await skopeo(ours, `${kind}:${path}`);
      const digest = await readThrough(open(`${kind}:${path}`));
      await run("gzip", ["-k", path]);
      await run("zstd", ["-q", path]);
      for (const name of [`${path}.gz`, `${path}.zst`]) {
        assert.equal(await readThrough(open(name)), digest);
        assert.equal(await readThrough(open(`${kind}:${name}`)), digest);
      }
    }
  });
});
