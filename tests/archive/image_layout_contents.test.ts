import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ImageLayout,
  type LayoutStore,
} from "../../src/archive/image_layout.ts";
import { blobPath } from "../../src/archive/layout_files.ts";
import { bytesSource, chunksOf } from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import type { Publishable } from "../../src/image/publishable.ts";
import type { WriteOptions } from "../../src/target/image_target.ts";
import {
  amd64,
  arm64,
  attestation,
  chart,
  foreign,
  imageWith,
  index,
  mixed,
  signature,
} from "./published_samples.ts";

/** A layout in memory, and what is written into it. */
function memoryLayout() {
  const files = new Map<string, Uint8Array>();
  const order: string[] = [];
  const put = (path: string, bytes: Uint8Array) => {
    files.set(path, bytes);
    order.push(path);
  };
  const store: LayoutStore = {
    size: (path) => Promise.resolve(files.get(path)?.length),
    read: (path) => Promise.resolve(files.get(path)),
    write: async (path, content) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of chunksOf(content)) chunks.push(chunk);
      put(path, concat(chunks));
    },
    update: (path, change) =>
      Promise.resolve(put(path, change(files.get(path)))),
  };
  const write = (
    image: Publishable,
    tags: readonly string[] = [],
    options: WriteOptions = {},
  ) => new ImageLayout(store, { name: "oci:x", tags }).write(image, options);
  const entries = () =>
    JSON.parse(new TextDecoder().decode(files.get("index.json"))).manifests;
  const named = () =>
    entries().map((
      { digest, annotations }: {
        digest: string;
        annotations?: Record<string, string>;
      },
    ) => [annotations?.["org.opencontainers.image.ref.name"], digest]);
  return { files, order, write, entries, named };
}

const digest = ({ manifest }: Publishable) => manifest.descriptor.digest;

test("an index is written with what it names before it, and is named", async () => {
  const { files, order, write, entries } = memoryLayout();
  await write(mixed, ["v1"]);
  for (const { manifest } of [mixed, ...mixed.images, ...index.images]) {
    const path = blobPath(manifest.descriptor.digest);
    assert.deepEqual(files.get(path), manifest.bytes);
  }
  assert.deepEqual(
    order.slice(-3),
    [blobPath(digest(index)), blobPath(digest(mixed)), "index.json"],
  );
  assert.deepEqual(entries(), [{
    ...mixed.manifest.descriptor,
    annotations: { "org.opencontainers.image.ref.name": "v1" },
  }]);
});

test("the entry of one image says what it runs on, as far as that is known", async () => {
  const { write, entries } = memoryLayout();
  await write(arm64, ["a"]);
  await write(attestation, ["b"]);
  await write(chart, ["c"]);
  assert.deepEqual(
    entries().map(({ platform }: { platform?: unknown }) => platform),
    [
      { architecture: "arm64", os: "linux" },
      { architecture: "unknown", os: "unknown" },
      undefined,
    ],
  );
});

test("the entry of what refers to something says what it is", async () => {
  const { write, entries } = memoryLayout();
  await write(signature);
  const { mediaType } = signature.manifest.value.config;
  assert.deepEqual(entries(), [{
    ...signature.manifest.descriptor,
    artifactType: mediaType,
  }]);
});

test("what is written twice changes nothing and is not written again", async () => {
  const { files, order, write } = memoryLayout();
  await write(amd64, ["a"]);
  await write(index, ["b", "c"]);
  await write(chart);
  await write(signature, [], { tags: [] });
  const before = new Map(files);
  order.length = 0;
  await write(index, ["b", "c"]);
  await write(amd64, ["a"]);
  await write(chart);
  await write(signature, [], { tags: [] });
  assert.deepEqual(files, before);
  assert.deepEqual([...new Set(order)], ["index.json"]);
});

test("a document of the right size and the wrong bytes is written again", async () => {
  const { files, write } = memoryLayout();
  await write(index);
  const path = blobPath(digest(amd64));
  files.set(path, new Uint8Array(files.get(path)!.length));
  await write(index);
  assert.deepEqual(files.get(path), amd64.manifest.bytes);
});

test("tags of one writing come before those of the layout", async () => {
  const { write, named } = memoryLayout();
  await write(amd64, ["a"], { tags: ["b", "c"] });
  assert.deepEqual(named(), [["b", digest(amd64)], ["c", digest(amd64)]]);
});

test("what is there by its digest alone takes nobody's place", async () => {
  const { write, named } = memoryLayout();
  await write(amd64);
  await write(arm64, ["a"], { tags: [] });
  await write(signature, [], { tags: [] });
  const all = [
    [undefined, digest(amd64)],
    [undefined, digest(arm64)],
    [undefined, digest(signature)],
  ];
  assert.deepEqual(named(), all);
  await write(arm64, [], { tags: [] });
  assert.deepEqual(named(), all);
});

test("what has a name is not named by its digest besides", async () => {
  const { write, named } = memoryLayout();
  await write(amd64, ["a"]);
  await write(amd64, [], { tags: [] });
  assert.deepEqual(named(), [["a", digest(amd64)]]);
});

test("an image without a tag leaves the artifacts without one", async () => {
  const { write, named } = memoryLayout();
  await write(amd64);
  await write(signature, [], { tags: [] });
  await write(arm64);
  assert.deepEqual(named(), [
    [undefined, digest(arm64)],
    [undefined, digest(signature)],
  ]);
});

test("a layer that may not be distributed is written only when asked for", async () => {
  const { files, write } = memoryLayout();
  const path = blobPath(foreign.manifest.value.layers[0]!.digest);
  await write(foreign);
  assert.ok(!files.has(path));
  await write(foreign, [], { foreignLayers: true });
  assert.equal(new TextDecoder().decode(files.get(path)), "secret sauce");
});

for (
  const [what, content, message] of [
    [
      "longer",
      "12345678",
      /^Cannot write oci:x: the blob sha256:\w{64} is longer than its 7 bytes$/,
    ],
    [
      "shorter",
      "123456",
      /^Cannot write oci:x: the blob sha256:\w{64} ended after 6 of its 7 bytes$/,
    ],
  ] as const
) {
  test(`a blob that is ${what} than its descriptor says is not written`, async () => {
    const { files, write } = memoryLayout();
    const source = bytesSource(new TextEncoder().encode(content));
    await assert.rejects(write(await imageWith("1234567", source)), {
      code: "IMAGE",
      message,
    });
    assert.deepEqual([...files.keys()], ["oci-layout"]);
  });
}

test("an index.json that nobody would read is neither read nor written", async () => {
  const { files, order, write } = memoryLayout();
  const message = /^Cannot add to oci:x: its index\.json .* 4194304 bytes; /;
  const pad = (length: number) => {
    const json = `{"manifests":[],"pad":"${"x".repeat(length)}"}`;
    files.set("index.json", new TextEncoder().encode(json));
  };
  pad(4 << 20);
  await assert.rejects(write(amd64), { code: "TARGET", message });
  assert.deepEqual(order, []);
  pad((4 << 20) - 40);
  const before = files.get("index.json");
  await assert.rejects(write(amd64), { code: "TARGET", message });
  assert.equal(files.get("index.json"), before);
});
