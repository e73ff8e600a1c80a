import assert from "node:assert/strict";
import { test } from "node:test";
import { unpackTar } from "modern-tar";
import {
  ImageArchive,
  type ImageArchiveOptions,
} from "../../src/archive/image_archive.ts";
import { iterateStream } from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { parseReference } from "../../src/registry/reference.ts";
import type { Progress } from "../../src/target/progress.ts";

const layer = await createLayer([
  { type: "file", path: "hello", body: new Blob(["hello\n"]) },
]);
const image = await createImage({ layers: [layer, layer] });

async function archive(options: Omit<ImageArchiveOptions, "name"> = {}) {
  let bytes = new Uint8Array();
  const target = new ImageArchive(async (stream) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of iterateStream(stream)) chunks.push(chunk);
    bytes = new Uint8Array(concat(chunks));
  }, { name: "image.tar", ...options });
  await target.write(image);
  const entries = await unpackTar(bytes, { strict: true });
  const files = new Map(entries.map(({ header, data }) => [header.name, data]));
  const json = (path: string) =>
    JSON.parse(new TextDecoder().decode(files.get(path)));
  return { bytes, files, json };
}

test("req-114 an archive is an OCI layout whose blobs are what their names say", async () => {
  const { files, json } = await archive();
  assert.deepEqual(json("oci-layout"), { imageLayoutVersion: "1.0.0" });
  const index = json("index.json");
  assert.equal(index.schemaVersion, 2);
  assert.deepEqual(index.manifests, [{
    ...image.manifest.descriptor,
    platform: { architecture: "amd64", os: "linux" },
  }]);
  const blobs = [...files].filter(([path]) => /^blobs\/sha256\/./.test(path));
  assert.equal(blobs.length, 3, "layer, configuration, manifest");
  for (const [path, data] of blobs) {
    assert.equal(
      `blobs/${(await digestOf(data!)).replace(":", "/")}`,
      path,
    );
  }
});

test("req-116 an archive is a Docker archive too", async () => {
  const { files, json } = await archive({
    references: [parseReference("hello"), parseReference("ghcr.io/a/b:1.0")],
  });
  const [entry, ...others] = json("manifest.json");
  assert.equal(others.length, 0);
  assert.deepEqual(entry.RepoTags, ["hello:latest", "ghcr.io/a/b:1.0"]);
  assert.deepEqual(entry.Layers.length, 2);
  for (const path of [entry.Config, ...entry.Layers]) {
    assert.ok(files.has(path), path);
  }
  assert.deepEqual(
    json("index.json").manifests.map((
      { annotations }: { annotations: unknown },
    ) => annotations),
    [
      {
        "org.opencontainers.image.ref.name": "latest",
        "io.containerd.image.name": "docker.io/library/hello:latest",
      },
      {
        "org.opencontainers.image.ref.name": "1.0",
        "io.containerd.image.name": "ghcr.io/a/b:1.0",
      },
    ],
  );
});

test("req-115 tags name the image in the index", async () => {
  const { json } = await archive({ tags: ["v1", "stable"] });
  assert.deepEqual(
    json("index.json").manifests.map((
      { annotations }: { annotations: unknown },
    ) => annotations),
    [
      { "org.opencontainers.image.ref.name": "v1" },
      { "org.opencontainers.image.ref.name": "stable" },
    ],
  );
  assert.equal(json("manifest.json")[0].RepoTags, null);
});

test("equal images give equal archives", async () => {
  assert.deepEqual((await archive()).bytes, (await archive()).bytes);
});

test("progress tells the blobs from start to done", async () => {
  const seen: Progress[] = [];
  const target = new ImageArchive(async (stream) => {
    for await (const _ of iterateStream(stream));
  }, { name: "x" });
  await target.write(image, { onProgress: (event) => seen.push(event) });
  for (const { digest, size } of [layer, image.config.descriptor]) {
    const events = seen.filter(({ descriptor }) =>
      descriptor.digest === digest
    );
    assert.equal(events[0]?.state, "start");
    assert.deepEqual(
      [events.at(-1)?.state, events.at(-1)?.bytes],
      ["done", size],
    );
  }
});

test("a signal stops the writing", async () => {
  const controller = new AbortController();
  const target = new ImageArchive(async (stream) => {
    controller.abort();
    for await (const _ of iterateStream(stream));
  }, { name: "x" });
  await assert.rejects(target.write(image, { signal: controller.signal }), {
    code: "ABORTED",
  });
});
