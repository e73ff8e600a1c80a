import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Publishable } from "../../src/image/publishable.ts";
import { parseLocation } from "../../src/machine/location.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { corpusFile, skipWithoutCorpora } from "../support/corpora.ts";
import { FilledRepository } from "../support/filled_repository.ts";
import { runInProcess } from "./run_in_process.ts";
import { withServed } from "./with_served.ts";

const shared = await createLayer([{ type: "file", path: "a", body: "a" }]);
const images = await Promise.all(
  ["linux/amd64", "linux/arm64"].map(async (text) =>
    createImage({
      layers: [
        shared,
        await createLayer([{ type: "file", path: "b", body: text }]),
      ],
      platform: parsePlatform(text),
    })
  ),
);
const [image, other] = images;
assert.ok(image && other);
const index = await createIndex({ images });
const { digest } = index.manifest.descriptor;

const put = (text: string, what: Publishable, tags?: readonly string[]) =>
  openTarget(parseLocation(text)).write(what, { ...(tags && { tags }) });

const verify = (...args: string[]) => runInProcess(["verify", ...args]);

/** Changes a byte of a blob in a layout. */
async function flip(layout: string, digest: string): Promise<void> {
  const path = `${layout}/blobs/sha256/${digest.slice(7)}`;
  const bytes = await readFile(path);
  bytes[15] = (bytes[15] ?? 0) ^ 255;
  await writeFile(path, bytes);
}

test("what is right is told in one line, and is status 0", () =>
  withServed(async (root, { host, registry }) => {
    const places = [
      `${host}/app:1`,
      `oci:${root}/layout:1`,
      `oci-archive:${root}/a.tar:1`,
      `${root}/b.tar`,
    ];
    for (const place of places) {
      await put(place, index);
      registry.requests.length = 0;
      const { status, stdout, stderr } = await verify(place);
      assert.equal(status, 0, stderr);
      assert.equal(stderr, "");
      const name = place.replace(/(?<=[a-z]):1$/, "");
      assert.match(
        stdout.replace(`${name}@${digest}: `, ""),
        /^right: 3 manifests, 5 blobs, [\d.]+ k?B\n$/,
      );
    }
    const one = await verify(places[1] ?? "", "--platform", "linux/arm64");
    assert.match(one.stdout, /: right: 1 manifest, 3 blobs, /);
  }));

test("each mismatch is one line, and all of them are status 1", () =>
  withServed(async (root) => {
    const layout = `${root}/layout`;
    await put(`oci:${layout}:1`, index);
    const [, own] = other.layers;
    assert.ok(own);
    await flip(layout, shared.digest);
    await flip(layout, image.config.descriptor.digest);
    await rm(`${layout}/blobs/sha256/${own.digest.slice(7)}`);
    const place = `oci:${layout}:1`;
    const { status, stdout, stderr } = await verify(place);
    assert.equal(status, 1, stderr);
    assert.equal(stderr, "");
    const lines = stdout.split("\n");
    const config = image.config.descriptor.digest;
    assert.equal(lines.length, 5);
    assert.ok(
      lines[0]?.startsWith(`config of linux/amd64 (${config}): its digest is `),
      lines[0],
    );
    assert.ok(
      lines[1]?.startsWith(
        `layer 1 of linux/amd64 and 1 more (${shared.digest}): its digest is `,
      ),
      lines[1],
    );
    assert.equal(
      lines[2],
      `layer 2 of linux/arm64 (${own.digest}): it lacks ${own.digest}`,
    );
    assert.equal(lines[3], `oci:${layout}@${digest}: 3 mismatches`);
    const json = await verify(place, "--json");
    assert.equal(json.status, 1);
    const { version, images: [report] } = JSON.parse(json.stdout);
    assert.equal(version, 1);
    assert.deepEqual(
      [report.digest, report.tag, report.isRight, report.problems.length],
      [digest, "1", false, 3],
    );
  }));

test("--all-tags verifies every image of a place", () =>
  withServed(async (root, { host }) => {
    await put(`oci:${root}/layout:a`, image);
    await put(`oci:${root}/layout:b`, other);
    const [, own] = other.layers;
    assert.ok(own);
    await flip(`${root}/layout`, own.digest);
    const { status, stdout } = await verify(
      ...[`oci:${root}/layout`, "--all-tags"],
    );
    assert.equal(status, 1);
    const lines = stdout.split("\n");
    const name = `oci:${root}/layout`;
    assert.ok(lines[0]?.startsWith(`${name}:a@sha256:`));
    assert.match(lines[0] ?? "", /: right: /);
    assert.ok(lines[1]?.startsWith(`${name}:b: layer 2 (${own.digest}): `));
    assert.match(lines[2] ?? "", /:b@sha256:\w+: 1 mismatch$/);
    await put(`${host}/app`, image, ["x", "y"]);
    const tags = await verify(`${host}/app`, "--all-tags");
    assert.equal(tags.status, 0, tags.stderr);
    assert.equal(tags.stdout.split("\n").length, 3);
  }));

test("what cannot be verified ends with the status of what went wrong", () =>
  withServed(async (root, { host }) => {
    const cases: [args: string[], status: number, why: RegExp][] = [
      [[], 2, /name a location/],
      [["a:1", "b:1"], 2, /2 arguments/],
      [["a:1", "--all-tags"], 2, /names one already/],
      [["a:1", "--platform", "x"], 2, /platform "x"/],
      [[`${host}/none:1`], 4, /none/],
      [[`oci:${root}/none:1`], 1, /none/],
      [[`${root}/none.tar`], 1, /none/],
    ];
    for (const [args, expected, why] of cases) {
      const { status, stdout, stderr } = await verify(...args, "--quiet");
      assert.equal(status, expected, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /^scratchbuild: Cannot [^\n]*\n$/);
      assert.match(stderr, why);
    }
  }));

test("a registry that alters what it sends is found out", () =>
  withServed(async (_root, { host, registry }) => {
    await put(`${host}/app:1`, image);
    const key = `app@${shared.digest}`;
    const bytes = registry.blobs.get(key)?.slice() ?? new Uint8Array();
    bytes[15] = (bytes[15] ?? 0) ^ 255;
    registry.blobs.set(key, bytes);
    const { status, stdout } = await verify(`${host}/app:1`, "--quiet");
    assert.equal(status, 1);
    assert.match(stdout, /^layer 1 \(sha256:\w+\): its digest is sha256:/);
    assert.match(stdout, /\n.*: 1 mismatch\n$/);
  }));

test("what is odd and not wrong is a warning, and --quiet leaves it out", () =>
  withServed(async (_root, { host, registry }) => {
    const repository = new FilledRepository(registry, "app");
    const amd64 = await repository.image({ layers: [] });
    const platform = { os: "linux", architecture: "arm64" };
    await repository.index([{ ...amd64, platform }], { tag: "1" });
    const { status, stdout, stderr } = await verify(`${host}/app:1`);
    assert.equal(status, 0);
    assert.match(stderr, /^scratchbuild: warning: [^\n]*linux\/arm64[^\n]*\n$/);
    assert.match(stdout, /: right: 2 manifests, 1 blob, /);
    const quiet = await verify(`${host}/app:1`, "--quiet");
    assert.deepEqual(quiet, { status: 0, stdout, stderr: "" });
  }));

test("images that others wrote are right", {
  skip: skipWithoutCorpora,
}, async () => {
  const places = [
    "oci:ggcr-layout/test_index_one_image",
    "docker-archive:ggcr-tarball/test_image_1.tar",
    "docker-archive:ggcr-tarball/hello-world-v25.tar",
    "docker-archive:ggcr-tarball/test_bundle.tar:test_image_2",
    "docker-archive:ggcr-whiteout/whiteout_dir.tar",
    "docker-archive:ggcr-whiteout/source_image_with_empty_layer_history.tar",
  ];
  for (const place of places) {
    const path = place.replace(/(?<=:).*?(?=$|:)/, corpusFile);
    const { status, stdout, stderr } = await verify(path);
    assert.equal(status, 0, stdout + stderr);
    assert.equal(stderr, "");
    assert.match(stdout, /: right: 1 manifest, \d blobs, /);
  }
});
