import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../../src/bytes/sha256.ts";
import {
  createImage,
  type ImageOptions,
} from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { imageBlobs } from "../../src/image/image_blobs.ts";
import type { ImageConfig } from "../../src/spec/image.ts";

const layer = await createLayer([
  { type: "file", path: "hello", body: new Blob(["hello\n"]), mode: 0o755 },
], { createdBy: "a test" });
const plain = await createLayer([
  { type: "directory", path: "data" },
], { compression: "none" });

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("golden: an OCI image", async () => {
  const image = await createImage({
    layers: [layer, plain],
    config: { Entrypoint: ["/hello"], Env: ["A=1"] },
    annotations: { "org.example.b": "2", "org.example.a": "1" },
  });
  assert.equal(
    text(image.config.bytes),
    '{"architecture":"amd64","config":{"Entrypoint":["/hello"],"Env":["A=1"]},' +
      '"created":"1970-01-01T00:00:00Z","history":[' +
      '{"created":"1970-01-01T00:00:00Z","created_by":"a test"},' +
      '{"created":"1970-01-01T00:00:00Z","created_by":"scratchbuild"}],' +
      `"os":"linux","rootfs":{"diff_ids":["${layer.diffId}","${plain.diffId}"],` +
      '"type":"layers"}}',
  );
  assert.equal(
    text(image.manifest.bytes),
    '{"annotations":{"org.example.a":"1","org.example.b":"2"},' +
      '"config":{"digest":"' + await digestOf(image.config.bytes) +
      '","mediaType":"application/vnd.oci.image.config.v1+json","size":' +
      `${image.config.bytes.length}},"layers":[{"digest":"${layer.digest}",` +
      '"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","size":' +
      `${layer.size}},{"digest":"${plain.digest}",` +
      '"mediaType":"application/vnd.oci.image.layer.v1.tar","size":' +
      `${plain.size}}],` +
      '"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}',
  );
  assert.equal(
    image.manifest.descriptor.digest,
    "sha256:d1c0e35e6261d1ef94fe02f0fe87704439ae3dee28b887e59988638371397fc1",
  );
});

test("the docker format holds no media type of the other family", async () => {
  const image = await createImage({ layers: [layer, plain], format: "docker" });
  assert.ok(!text(image.manifest.bytes).includes("vnd.oci"));
  assert.deepEqual(
    image.manifest.value.layers.map(({ mediaType }) => mediaType),
    [
      "application/vnd.docker.image.rootfs.diff.tar.gzip",
      "application/vnd.docker.image.rootfs.diff.tar",
    ],
  );
  assert.ok(!("annotations" in image.manifest.value));
});

test("the oci format holds no media type of the other family", async () => {
  const image = await createImage({ layers: [layer, plain] });
  assert.ok(!text(image.manifest.bytes).includes("docker"));
});

test("the platform goes into the configuration", async () => {
  const image = await createImage({
    layers: [layer],
    platform: { os: "linux", architecture: "arm", variant: "v7" },
  });
  const { os, architecture, variant } = image.config.value;
  assert.deepEqual([os, architecture, variant], ["linux", "arm", "v7"]);
});

test("req-059 a layer that is there twice is one blob", async () => {
  const image = await createImage({ layers: [layer, plain, layer] });
  assert.equal(image.manifest.value.layers.length, 3);
  assert.equal(image.config.value.rootfs.diff_ids.length, 3);
  assert.deepEqual(
    imageBlobs(image).map(({ descriptor }) => descriptor.digest),
    [layer.digest, plain.digest, image.config.descriptor.digest],
  );
});

test("names that objects are born with are labels like others", async () => {
  const Labels = JSON.parse('{"__proto__":"a","constructor":"b"}');
  const image = await createImage({ layers: [layer], config: { Labels } });
  assert.ok(
    text(image.config.bytes).includes('{"__proto__":"a","constructor":"b"}'),
  );
});

for (
  const [options, why] of [
    [{ format: "appc" }, /neither oci nor docker/],
    [{ format: "docker", annotations: { a: "b" } }, /no annotations/],
    [{ created: "yesterday" }, /RFC 3339/],
    [{ created: "2026-13-01T00:00:00Z" }, /RFC 3339/],
    [{ created: "2026-01-01" }, /RFC 3339/],
    [{ created: "2026-02-30T00:00:00Z" }, /RFC 3339/],
    [{ created: "2026-01-01T24:00:00Z" }, /RFC 3339/],
    [{ platform: { os: "", architecture: "amd64" } }, /platform/],
  ] as [Partial<ImageOptions>, RegExp][]
) {
  test(`refused: ${JSON.stringify(options)}`, async () => {
    await assert.rejects(createImage({ layers: [layer], ...options }), {
      code: "IMAGE",
      message: why,
    });
  });
}

test("an image does not change with the objects that it was made of", async () => {
  const config: ImageConfig = { Env: ["A=1"] };
  const image = await createImage({ layers: [layer], config });
  config.Env?.push("B=2");
  assert.deepEqual(image.config.value.config?.Env, ["A=1"]);
});

for (
  const config of [
    { Labels: { a: 1 } as unknown as Record<string, string> },
    { Env: ["FOO"] },
    { Env: ["=x"] },
    { ExposedPorts: { "70000": {} } },
    { ExposedPorts: { "0/tcp": {} } },
    { ExposedPorts: { "80/http": {} } },
    { ExposedPorts: { "90-80": {} } },
    { WorkingDir: "app" },
    { Volumes: { data: {} } },
  ] as ImageConfig[]
) {
  test(`refused configuration: ${JSON.stringify(config)}`, async () => {
    await assert.rejects(createImage({ layers: [layer], config }), {
      code: "IMAGE",
    });
  });
}

for (
  const created of [
    "2024-02-29T23:59:59Z",
    "2026-01-31T12:00:00.123456789+05:30",
  ]
) {
  test(`accepted as a time: ${created}`, async () => {
    const image = await createImage({ layers: [layer], created });
    assert.equal(image.config.value.created, created);
  });
}

test("accepted configuration", async () => {
  await createImage({
    layers: [layer],
    config: {
      Env: ["A=", "B=1=2"],
      ExposedPorts: { "80": {}, "53/udp": {}, "8000-8010/tcp": {} },
      WorkingDir: "/app",
      Volumes: { "/data": {}, "C:\\data": {} },
    },
  });
});
