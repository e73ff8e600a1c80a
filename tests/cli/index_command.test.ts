import assert from "node:assert/strict";
import { test } from "node:test";
import { createDocument } from "../../src/image/create_document.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Publishable } from "../../src/image/publishable.ts";
import { parseLocation } from "../../src/machine/location.ts";
import { openSource } from "../../src/machine/open_source.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import type { Index } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { verify } from "../../src/transfer/verify.ts";
import { runInProcess } from "./run_in_process.ts";
import { withServed } from "./with_served.ts";

const shared = await createLayer([{ type: "file", path: "a", body: "a" }]);
const imageFor = async (text: string, format: "oci" | "docker" = "oci") =>
  await createImage({
    layers: [
      shared,
      await createLayer([{ type: "file", path: "b", body: text }]),
    ],
    platform: parsePlatform(text),
    format,
  });
const amd64 = await imageFor("linux/amd64");
const arm64 = await imageFor("linux/arm64");
const arm = await imageFor("linux/arm/v7");

const put = (text: string, what: Publishable) =>
  openTarget(parseLocation(text)).write(what);

const create = (...args: string[]) =>
  runInProcess(["index", "create", ...args, "--quiet"]);

/** The index at a location; all that it names has been read and is right. */
async function indexAt(text: string): Promise<Index> {
  const source = openSource(parseLocation(text));
  const { problems } = await verify(source);
  assert.deepEqual(problems, []);
  const found = await source.manifest();
  assert.ok(found.kind === "index");
  return found.value;
}

test("images of one registry are joined without being read", () =>
  withServed(async (_root, { host, registry }) => {
    await put(`${host}/app:amd64`, amd64);
    await put(`${host}/build/arm:1`, arm64);
    const { bytesReceived } = registry;
    registry.requests.length = 0;
    const { status, stdout, stderr } = await create(
      ...[`${host}/app:1`, "--tag", "latest"],
      ...["--add", `${host}/app:amd64`, "--add", `${host}/build/arm:1`],
    );
    assert.equal(status, 0, stderr);
    const expected = await createIndex({ images: [amd64, arm64] });
    const { digest } = expected.manifest.descriptor;
    assert.equal(stdout, `${host}/app@${digest}\n`);
    const lines = registry.lines();
    const layers = [shared, ...arm64.layers].map(({ digest }) => digest);
    assert.ok(
      !lines.some((line) =>
        line.startsWith("GET ") && layers.some((layer) => line.includes(layer))
      ),
    );
    const { size } = arm64.config.descriptor;
    assert.ok(registry.bytesReceived - bytesReceived <= size);
    const puts = lines.filter((line) => /^PUT .*manifests/.test(line));
    assert.equal(
      puts[0],
      `PUT /v2/app/manifests/${arm64.manifest.descriptor.digest}`,
    );
    assert.deepEqual(puts.slice(1).sort(), [
      "PUT /v2/app/manifests/1",
      "PUT /v2/app/manifests/latest",
    ]);
    const { manifests } = await indexAt(`${host}/app:latest`);
    assert.deepEqual(manifests.map(({ platform }) => platform), [
      { os: "linux", architecture: "amd64" },
      { os: "linux", architecture: "arm64" },
    ]);
  }));

test("from anywhere to anywhere, indexes add their images", () =>
  withServed(async (root, { host }) => {
    await put(
      `oci:${root}/two:1`,
      await createIndex({ images: [amd64, arm64] }),
    );
    await put(`${host}/arm:1`, arm);
    for (const to of [`oci:${root}/all:1`, `${root}/all.tar`, `${host}/all`]) {
      const { status, stderr, stdout } = await create(
        ...[to, "--add", `oci:${root}/two:1`, "--add", `${host}/arm:1`],
        ...["--annotation", "a=b=c", "--json"],
      );
      assert.equal(status, 0, stderr);
      const { images: [result] } = JSON.parse(stdout);
      assert.deepEqual(result.platforms, [
        ...["linux/amd64", "linux/arm64", "linux/arm/v7"],
      ]);
      const { manifests, annotations } = await indexAt(to);
      assert.equal(manifests.length, 3);
      assert.deepEqual(annotations, { a: "b=c" });
    }
  }));

test("attestations of BuildKit keep what is said of them", () =>
  withServed(async (root) => {
    const unknown = { os: "unknown", architecture: "unknown" };
    for (const image of [amd64, arm64]) {
      const { oci } = mediaTypes;
      const { descriptor } = image.manifest;
      const said = { "vnd.docker.reference.digest": descriptor.digest };
      const empty = await createImage({
        layers: [shared],
        author: descriptor.digest,
      });
      const manifest = await createDocument<Index>(oci.index, {
        schemaVersion: 2,
        mediaType: oci.index,
        manifests: [
          {
            ...descriptor,
            platform: {
              os: "linux",
              architecture: image.config.value.architecture,
            },
          },
          {
            ...empty.manifest.descriptor,
            platform: unknown,
            annotations: said,
          },
        ],
      });
      const name = image.config.value.architecture;
      await put(`oci:${root}/${name}:1`, { manifest, images: [image, empty] });
    }
    const to = `oci:${root}/all:1`;
    const { status, stderr } = await create(
      ...[to, "--add", `oci:${root}/amd64`, "--add", `oci:${root}/arm64`],
    );
    assert.equal(status, 0, stderr);
    const { manifests } = await indexAt(to);
    assert.deepEqual(
      manifests.map(({ annotations, platform }) => [
        platform?.architecture,
        annotations?.["vnd.docker.reference.digest"],
      ]),
      [
        ["amd64", undefined],
        ["unknown", amd64.manifest.descriptor.digest],
        ["arm64", undefined],
        ["unknown", arm64.manifest.descriptor.digest],
      ],
    );
  }));

test("images of Docker's format make a manifest list", () =>
  withServed(async (root) => {
    for (const text of ["linux/amd64", "linux/arm64"]) {
      const image = await imageFor(text, "docker");
      await put(`oci:${root}/${text.slice(6)}:1`, image);
    }
    await put(`oci:${root}/arm:1`, arm);
    const add = ["amd64", "arm64"].flatMap((name) => [
      ...["--add", `oci:${root}/${name}:1`],
    ]);
    const to = `oci:${root}/list:1`;
    assert.equal((await create(to, ...add)).status, 0);
    assert.equal((await indexAt(to)).mediaType, mediaTypes.docker.index);
    assert.equal((await create(to, ...add, "--format", "oci")).status, 0);
    assert.equal((await indexAt(to)).mediaType, mediaTypes.oci.index);
    const mixed = [...add, "--add", `oci:${root}/arm:1`];
    assert.equal((await create(to, ...mixed)).status, 0);
    assert.equal((await indexAt(to)).mediaType, mediaTypes.oci.index);
    const refused = await create(to, ...mixed, "--format", "docker");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /has another format, which Docker does not/);
  }));

test("what cannot become an index is refused", () =>
  withServed(async (root, { host, registry }) => {
    await put(`oci:${root}/a:1`, amd64);
    const twin = await createImage({ layers: [shared], author: "twin" });
    await put(`oci:${root}/b:1`, twin);
    const add = ["--add", `oci:${root}/a:1`];
    const other = `sha256:${"0".repeat(64)}`;
    const cases: [args: string[], status: number, why: RegExp][] = [
      [[], 2, /say where it goes and what it names/],
      [[`${host}/app:1`], 2, /--add/],
      [[`${host}/app:1`, `${host}/b`, ...add], 2, /2 arguments/],
      [[`${host}/app:1`, ...add, "--tag", "a b"], 2, /--tag "a b"/],
      [[`${host}/app:1`, "--add", `oci:${root}/none`], 1, /none/],
      [
        [`${host}/app:1`, ...add, "--add", `oci:${root}/b:1`],
        1,
        /two of its images are for linux\/amd64, sha.* and sha.*; leave one/,
      ],
      [[`${host}/app@${other}`, ...add], 1, /the digest of the index is sha/],
    ];
    for (const [args, expected, why] of cases) {
      const { status, stdout, stderr } = await create(...args);
      assert.equal(status, expected, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /^scratchbuild: Cannot [^\n]*\n$/);
      assert.match(stderr, why);
    }
    assert.equal(registry.manifests.size, 0);
    // The same image twice is no contradiction.
    const twice = await create(`${host}/app:1`, ...add, ...add);
    assert.equal(twice.status, 0, twice.stderr);
    assert.equal((await indexAt(`${host}/app:1`)).manifests.length, 1);
  }));

test("index tells how it is called, and that there is only create", async () => {
  const { status, stdout } = await runInProcess(["index", "--help"]);
  assert.equal(status, 0);
  assert.match(stdout, /^Usage:\n {2}scratchbuild index create LOCATION /);
  const cases: [args: string[], why: RegExp][] = [
    [["index"], /say where it goes and what it names/],
    [["index", "crate", "a"], /Cannot run index "crate": .* index create;/],
  ];
  for (const [args, why] of cases) {
    const { status, stderr } = await runInProcess(args);
    assert.equal(status, 2);
    assert.match(stderr, why);
  }
});
