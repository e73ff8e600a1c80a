import assert from "node:assert/strict";
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { digestOf } from "../../src/bytes/sha256.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { parseLocation } from "../../src/machine/location.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { runInProcess } from "./run_in_process.ts";
import { withServed } from "./with_served.ts";

const layer = await createLayer([
  {
    type: "file",
    path: "a",
    body: crypto.getRandomValues(new Uint8Array(9000)),
  },
]);
const image = await createImage({ layers: [layer] });
const { manifest: { value: manifest } } = image;

/** A layout that is to be spoilt. */
interface Layout {
  /** Replaces the manifest by another document, and has the layout name that. */
  readonly replace: (value: unknown) => Promise<void>;
  /** The file of a blob. */
  readonly fileOf: (digest: string) => string;
  /** Changes what `index.json` says. */
  readonly rename: (from: string, to: string) => Promise<void>;
}

const cases: [
  name: string,
  spoil: (layout: Layout) => Promise<void>,
  why: RegExp,
][] = [
  ["a byte is flipped", async ({ fileOf }) => {
    const bytes = await readFile(fileOf(layer.digest));
    bytes[4000] = (bytes[4000] ?? 0) ^ 1;
    await writeFile(fileOf(layer.digest), bytes);
  }, /its digest is sha256:/],
  ["a blob is cut off", async ({ fileOf }) => {
    await truncate(fileOf(layer.digest), 1000);
  }, /bytes/],
  ["a size is wrong", ({ replace }) =>
    replace({
      ...manifest,
      layers: manifest.layers.map((layer) => ({ ...layer, size: 17 })),
    }), /17/],
  [
    "there are layers and manifests",
    ({ replace }) => replace({ ...manifest, manifests: [] }),
    /could be taken for something/,
  ],
  ["a digest is a path", ({ replace }) =>
    replace({
      ...manifest,
      layers: [{ ...manifest.layers[0], digest: "sha256:../../../etc/passwd" }],
    }), /digest/],
  [
    "a digest in the index is a path",
    ({ rename }) => rename("sha256:", "../../"),
    /digest/,
  ],
  ["a name is there twice", async ({ fileOf }) => {
    const path = fileOf(image.manifest.descriptor.digest);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace("{", '{"layers":[],'));
  }, /bytes|digest/],
  [
    "the manifest is of the old schema",
    ({ replace }) => replace({ schemaVersion: 1, fsLayers: [] }),
    /old schema 1/,
  ],
];

for (const [name, spoil, why] of cases) {
  test(`nothing is copied where ${name}`, () =>
    withServed(async (root, { host, registry }) => {
      const from = `${root}/from`;
      await openTarget(parseLocation(`oci:${from}:1`)).write(image);
      const fileOf = (digest: string) =>
        `${from}/blobs/${digest.replace(":", "/")}`;
      const rename = async (before: string, after: string) => {
        const text = await readFile(`${from}/index.json`, "utf8");
        await writeFile(`${from}/index.json`, text.replace(before, after));
      };
      await spoil({
        fileOf,
        rename,
        async replace(value) {
          const bytes = new TextEncoder().encode(JSON.stringify(value));
          const digest = await digestOf(bytes);
          await writeFile(fileOf(digest), bytes);
          const { digest: own, size } = image.manifest.descriptor;
          await rename(own, digest);
          await rename(`"size":${size}`, `"size":${bytes.byteLength}`);
        },
      });
      for (const to of [`oci:${root}/to`, `${root}/to.tar`, `${host}/to`]) {
        const { status, stdout, stderr } = await runInProcess(
          ["copy", `oci:${from}:1`, to, "--quiet"],
        );
        assert.ok([1, 4].includes(status), `${status} ${stderr}`);
        assert.equal(stdout, "");
        assert.match(stderr, /^scratchbuild: Cannot [^\n]*\n$/);
        assert.match(stderr, why);
      }
      assert.deepEqual(await readdir(root), ["from"]);
      assert.equal(registry.manifests.size, 0);
    }));
}

test("an archive that is cut off, or no archive, is not copied", () =>
  withServed(async (root) => {
    await openTarget(parseLocation(`${root}/a.tar`)).write(image);
    const bytes = await readFile(`${root}/a.tar`);
    const files: [name: string, bytes: Uint8Array][] = [
      ["cut", bytes.subarray(0, 9000)],
      ["cut-gz", gzipSync(bytes).subarray(0, 9000)],
      ["text", new TextEncoder().encode("no tar")],
      ["empty", new Uint8Array()],
      ["zeros", gzipSync(new Uint8Array(64 << 20))],
    ];
    for (const [name, bytes] of files) {
      await writeFile(`${root}/${name}.tar`, bytes);
    }
    const before = await readdir(root);
    for (const [name] of files) {
      for (const kind of ["", "oci-archive:", "docker-archive:"]) {
        const { status, stdout, stderr } = await runInProcess(
          ["copy", `${kind}${root}/${name}.tar`, `oci:${root}/to`, "--quiet"],
        );
        assert.equal(status, 1, stderr);
        assert.equal(stdout, "");
        assert.match(stderr, /^scratchbuild: Cannot read [^\n]*\n$/);
      }
    }
    assert.deepEqual(await readdir(root), before);
  }));

test("an index does not go into a docker-archive, and one image of it does", () =>
  withServed(async (root) => {
    const images = await Promise.all(
      ["linux/amd64", "linux/arm64"].map((text) =>
        createImage({ layers: [layer], platform: parsePlatform(text) })
      ),
    );
    const index = await createIndex({ images });
    await openTarget(parseLocation(`oci:${root}/from:1`)).write(index);
    const to = `docker-archive:${root}/to.tar:app:1`;
    const { status, stderr } = await runInProcess(
      ["copy", `oci:${root}/from:1`, to, "--quiet"],
    );
    assert.equal(status, 1);
    assert.match(stderr, /^scratchbuild: Cannot write docker-archive:/);
    const one = await runInProcess([
      ...["copy", `oci:${root}/from:1`, to, "--quiet"],
      ...["--platform", "linux/arm64"],
    ]);
    assert.equal(one.status, 0, one.stderr);
  }));
