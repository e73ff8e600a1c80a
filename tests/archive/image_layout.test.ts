import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ImageLayout,
  type LayoutStore,
} from "../../src/archive/image_layout.ts";
import { chunksOf } from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Progress } from "../../src/target/progress.ts";

const layer = await createLayer([
  { type: "file", path: "hello", body: new Blob(["hello\n"]) },
]);
const first = await createImage({ layers: [layer] });
const second = await createImage({ layers: [layer], author: "another" });

function memoryStore() {
  const files = new Map<string, Uint8Array>();
  const order: string[] = [];
  const store: LayoutStore = {
    size: (path) => Promise.resolve(files.get(path)?.length),
    read: (path) => Promise.resolve(files.get(path)),
    write: async (path, content) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of chunksOf(content)) chunks.push(chunk);
      files.set(path, concat(chunks));
      order.push(path);
    },
    update: (path, change) => {
      files.set(path, change(files.get(path)));
      order.push(path);
      return Promise.resolve();
    },
  };
  const tags = () =>
    JSON.parse(new TextDecoder().decode(files.get("index.json"))).manifests.map(
      (
        entry: { digest: string; annotations?: Record<string, string> },
      ) => [
        entry.annotations?.["org.opencontainers.image.ref.name"],
        entry.digest,
      ],
    );
  return { store, files, order, tags };
}

const digest = (image: typeof first) => image.manifest.descriptor.digest;

test("the index is written last, after everything that it names", async () => {
  const { store, order } = memoryStore();
  await new ImageLayout(store, { name: "oci:x" }).write(first);
  assert.equal(order.at(-1), "index.json");
  assert.equal(order.length, 5);
});

test("blobs that are there are not written again", async () => {
  const { store, order } = memoryStore();
  await new ImageLayout(store, { name: "oci:x" }).write(first);
  order.length = 0;
  const events: Progress[] = [];
  await new ImageLayout(store, { name: "oci:x" }).write(second, {
    onProgress: (event) => events.push(event),
  });
  const path = `blobs/${layer.digest.replace(":", "/")}`;
  assert.ok(!order.includes(path));
  assert.deepEqual(
    events.filter(({ state }) => state === "present").map(({ descriptor }) =>
      descriptor.digest
    ),
    [layer.digest],
  );
});

test("a blob of the wrong size is written again", async () => {
  const { store, files } = memoryStore();
  const path = `blobs/${layer.digest.replace(":", "/")}`;
  files.set(path, new Uint8Array(3));
  await new ImageLayout(store, { name: "oci:x" }).write(first);
  assert.equal(files.get(path)?.length, layer.size);
});

test("a tag moves, other tags stay", async () => {
  const { store, tags } = memoryStore();
  const write = (image: typeof first, ...names: string[]) =>
    new ImageLayout(store, { name: "oci:x", tags: names }).write(image);
  await write(first, "a", "b");
  await write(second, "b");
  assert.deepEqual(tags(), [["a", digest(first)], ["b", digest(second)]]);
});

test("an image without a tag replaces the one without a tag", async () => {
  const { store, tags } = memoryStore();
  const write = (image: typeof first, ...names: string[]) =>
    new ImageLayout(store, { name: "oci:x", tags: names }).write(image);
  await write(first);
  await write(first, "a");
  await write(second);
  assert.deepEqual(tags(), [[undefined, digest(second)], ["a", digest(first)]]);
});

test("what another tool wrote into the index stays", async () => {
  const { store, files } = memoryStore();
  const entry = { ...first.manifest.descriptor, "x-other": 1 };
  const index = { manifests: [entry], annotations: { a: "b" } };
  files.set("index.json", new TextEncoder().encode(JSON.stringify(index)));
  await new ImageLayout(store, { name: "oci:x", tags: ["t"] }).write(second);
  const written = JSON.parse(new TextDecoder().decode(files.get("index.json")));
  assert.deepEqual(written.annotations, { a: "b" });
  assert.deepEqual(written.manifests[0], entry);
});

test("a layout of another version is refused", async () => {
  const { store, files, order } = memoryStore();
  files.set(
    "oci-layout",
    new TextEncoder().encode('{"imageLayoutVersion":"2.0.0"}'),
  );
  await assert.rejects(
    new ImageLayout(store, { name: "oci:x" }).write(first),
    { code: "TARGET", message: /its oci-layout is not of version 1\.0\.0/ },
  );
  assert.deepEqual(order, []);
});

test("a signal stops the writing also where every blob is present", async () => {
  const { store } = memoryStore();
  const layout = new ImageLayout(store, { name: "oci:x" });
  await layout.write(first);
  const signal = AbortSignal.abort();
  await assert.rejects(layout.write(first, { signal }), { code: "ABORTED" });
});

for (
  const content of [
    "",
    "not JSON",
    "{}",
    '{"manifests":7}',
    '{"manifests":[null]}',
    "null",
    '{"manifests":[],"manifests":[]}',
  ]
) {
  test(`refused: a layout whose index.json is ${JSON.stringify(content)}`, async () => {
    const { store, files, order } = memoryStore();
    files.set("index.json", new TextEncoder().encode(content));
    await assert.rejects(
      new ImageLayout(store, { name: "oci:x" }).write(first),
      { code: "TARGET", message: /Cannot add to oci:x: its index\.json/ },
    );
    assert.deepEqual(order, []);
  });
}
