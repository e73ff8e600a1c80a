import assert from "node:assert/strict";
import { test } from "node:test";
import { LayoutSource } from "../../src/archive/layout_source.ts";
import { chunksOf } from "../../src/bytes/byte_source.ts";
import { hashOf } from "../../src/bytes/hasher.ts";
import type { Digest } from "../../src/spec/digest.ts";
import type { Index } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { amd64, shared } from "./published_samples.ts";
import {
  type Files,
  filesOf,
  inMemory,
  jsonOf,
  readThrough,
  setJson,
} from "./read_samples.ts";

const { descriptor } = amd64.manifest;
const pathOf = (digest: string) => `blobs/${digest.replace(":", "/")}`;
const open = (files: Files) =>
  new LayoutSource(inMemory(files), { name: "oci:image" });
const refusal = (why: RegExp) => ({ code: "ARCHIVE", message: why });
const changed = (files: Files, digest: string, at: number) =>
  files.get(pathOf(digest))?.set([1], at);
const withIndex = (value: unknown) => (files: Files) =>
  setJson(files, "index.json", value);
const withEntry = (change: object) =>
  withIndex({ schemaVersion: 2, manifests: [{ ...descriptor, ...change }] });
const without = (path: string) => (files: Files) => files.delete(path);
const having = (path: string, bytes: Uint8Array) => (files: Files) =>
  files.set(path, bytes);

const cases: [what: string, change: (files: Files) => unknown, why: RegExp][] =
  [
    ["without oci-layout", without("oci-layout"), /it is no OCI image layout/],
    [
      "of another version",
      (files) => setJson(files, "oci-layout", { imageLayoutVersion: "2.0.0" }),
      /its oci-layout is not of version 1\.0\.0/,
    ],
    ["without index.json", without("index.json"), /it has no index\.json/],
    [
      "with an empty index.json",
      having("index.json", new Uint8Array()),
      /of its index\.json, it is not JSON/,
    ],
    [
      "with an index.json of null",
      withIndex(null),
      /of its index\.json, it is not a JSON object/,
    ],
    [
      "with an index.json that is too long",
      having("index.json", new Uint8Array(5 << 20)),
      /its index\.json is 5242880 bytes long/,
    ],
    [
      "that holds nothing",
      withIndex({ schemaVersion: 2, manifests: null }),
      /it holds no image$/,
    ],
    [
      "whose index.json is of Docker",
      withIndex({
        schemaVersion: 2,
        mediaType: mediaTypes.docker.index,
        manifests: [],
      }),
      /of its index\.json, it was said to be/,
    ],
    [
      "whose index.json has layers",
      withIndex({ schemaVersion: 2, manifests: [descriptor], layers: [] }),
      /of its index\.json, it is an index and holds layers all the same/,
    ],
    [
      "with a manifest that has manifests too",
      (files) => {
        const value = { ...amd64.manifest.value, manifests: [] };
        const bytes = new TextEncoder().encode(JSON.stringify(value));
        const digest = hashOf(bytes, "sha256");
        files.set(pathOf(digest), bytes);
        withEntry({ digest, size: bytes.byteLength })(files);
      },
      /it is a manifest and holds manifests all the same/,
    ],
    [
      "with a digest that is a path",
      withEntry({ digest: "sha256:../../../etc/passwd" }),
      /of its index\.json, its entry 1 has no digest/,
    ],
    [
      "with a digest that cannot be verified",
      withEntry({ digest: "md5:0123" }),
      /md5:0123" cannot be verified here/,
    ],
    [
      "with a manifest of an unknown type",
      withEntry({ mediaType: "application/vnd.example.x" }),
      /manifests of the type application\/vnd\.example\.x are not known here/,
    ],
    [
      "with a manifest of schema 1",
      withEntry({
        mediaType: "application/vnd.docker.distribution.manifest.v1+json",
      }),
      /it is a manifest of the old schema 1/,
    ],
    [
      "that lacks a manifest",
      without(pathOf(descriptor.digest)),
      /it lacks sha256:[0-9a-f]{64}$/,
    ],
    [
      "with a manifest that is longer",
      having(pathOf(descriptor.digest), new Uint8Array(descriptor.size + 1)),
      /is to be \d+ bytes long, and has \d+$/,
    ],
    [
      "with a manifest that was changed",
      (files) => changed(files, descriptor.digest, 50),
      /its digest is sha256:[0-9a-f]{64}\. It is damaged/,
    ],
    [
      "with another size of a manifest",
      withEntry({ size: 7 }),
      /is to be 7 bytes long, and has \d+$/,
    ],
    [
      "that lacks a layer",
      without(pathOf(shared.digest)),
      /it lacks sha256:[0-9a-f]{64}$/,
    ],
    [
      "with a layer that is shorter",
      having(pathOf(shared.digest), new Uint8Array(9)),
      /is to be \d+ bytes long, and has 9$/,
    ],
    [
      "with a layer that was changed",
      (files) => changed(files, shared.digest, 600),
      /of its sha256:[0-9a-f]{64}, its digest is sha256:.*damaged/,
    ],
  ];

for (const [what, change, why] of cases) {
  test(`a layout ${what} is refused`, async () => {
    const files = await filesOf(amd64);
    files.delete("manifest.json");
    change(files);
    await assert.rejects(readThrough(open(files)), (error: Error) => {
      assert.equal((error as { code?: string }).code, "ARCHIVE");
      assert.match(error.message, /^Cannot read oci:image: /);
      assert.match(error.message, why);
      return true;
    });
  });
}

test("of a Docker archive that is no layout, it is said what to write", async () => {
  const files = await filesOf(amd64);
  files.delete("oci-layout");
  await assert.rejects(
    open(files).manifest(),
    refusal(/manifest\.json of a Docker archive, write docker-archive:FILE$/),
  );
});

test("the last chunk of a damaged blob does not come", async () => {
  const files = await filesOf(amd64);
  changed(files, shared.digest, 600);
  let size = 0;
  await assert.rejects(async () => {
    const [layer] = amd64.manifest.value.layers;
    assert.ok(layer);
    const source = open(files).blob(layer);
    for await (const chunk of chunksOf(source)) size += chunk.byteLength;
  }, refusal(/damaged/));
  assert.ok(size < shared.size);
});

test("a blob of a descriptor that is none is refused at once", async () => {
  const source = open(await filesOf(amd64));
  const { config } = amd64.manifest.value;
  for (
    const [wrong, why] of [
      [{ digest: "../../etc/passwd" as Digest }, /is no digest/],
      [{ digest: "md5:0123" as Digest }, /cannot be verified here/],
      [{ size: -1 }, /is none/],
      [{ size: 0.5 }, /is none/],
    ] as const
  ) {
    assert.throws(() => source.blob({ ...config, ...wrong }), refusal(why));
  }
});

test("the reading of a blob stops when it is told to", async () => {
  const source = open(await filesOf(amd64));
  const { config } = amd64.manifest.value;
  const signal = AbortSignal.abort();
  await assert.rejects(
    Array.fromAsync(chunksOf(source.blob(config, { signal }))),
    { code: "ABORTED" },
  );
});

test("data that a descriptor holds is compared with it", async () => {
  const files = await filesOf(amd64);
  const json = jsonOf<Index>(files, "index.json");
  const manifests = json.manifests.map((entry) => ({ ...entry, data: "e30=" }));
  setJson(files, "index.json", { ...json, manifests });
  await assert.rejects(
    open(files).manifest(),
    refusal(/of its index\.json, it holds the content of sha256:/),
  );
});
