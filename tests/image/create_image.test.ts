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

const linux = { os: "linux", architecture: "amd64" };
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
    [{ created: -1 }, /whole number of seconds/],
    [{ created: 1.5 }, /whole number of seconds/],
    [{ created: NaN }, /whole number of seconds/],
    [{ created: 253402300800 }, /to 253402300799/],
    [{ author: 1 }, /author/],
    [{ config: "x" }, /its config is not an object/],
    [{ config: { WorkingDir: "C:/app" } }, /"C:\/app": an image for linux has/],
    [{ config: { Volumes: { "c:\\a": {} } } }, /an image for linux has no/],
    [{ annotations: { "": "b" } }, /one of the annotations has no name/],
    [{ annotations: { a: 1 } }, /the annotation "a" is no text/],
    [{ platform: { os: "", architecture: "amd64" } }, /platform/],
    [{ platform: { os: "linux" } }, /an architecture/],
    [{ platform: { ...linux, variant: "" } }, /variant/],
    [{ platform: { ...linux, "os.version": 10 } }, /os\.version/],
    [{ platform: { ...linux, "os.features": "x" } }, /os\.features/],
    [{ platform: { ...linux, "os.features": [""] } }, /os\.features/],
  ] as unknown as [Partial<ImageOptions>, RegExp][]
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

test("a configuration that cannot be right is refused", async () => {
  await assert.rejects(
    createImage({ layers: [layer], config: { WorkingDir: "app" } }),
    {
      code: "IMAGE",
      message: 'Cannot create the image: WorkingDir cannot be "app": ' +
        "the path in the image must be absolute, as in /data",
    },
  );
});

test("seconds are a time too", async () => {
  const at = async (created: number) =>
    (await createImage({ layers: [layer], created })).config.value.created;
  assert.equal(await at(0), "1970-01-01T00:00:00Z");
  assert.equal(await at(1700000000), "2023-11-14T22:13:20Z");
  assert.equal(await at(253402300799), "9999-12-31T23:59:59Z");
});

test("image: the zero time of Go is kept, and is not the default", async () => {
  const created = "0001-01-01T00:00:00Z";
  const image = await createImage({ layers: [layer], created });
  assert.equal(image.config.value.created, created);
  assert.equal(image.config.value.history?.[0]?.created, created);
});

test("every member of the platform and the author have their places", async () => {
  const platform = {
    os: "windows",
    architecture: "amd64",
    "os.version": "10.0.20348.2582",
    "os.features": ["win32k"],
    variant: "v1",
  };
  const more = { ...platform, other: "x" };
  const image = await createImage({
    layers: [layer],
    platform: more,
    author: "A <a@example.com>",
  });
  const { history, rootfs, config, created, ...rest } = image.config.value;
  assert.deepEqual(rest, { ...platform, author: "A <a@example.com>" });
  assert.ok(history && rootfs && config && created);
});

test("image: of variables of one name the last counts, where the first is", async () => {
  const Env = ["A=1", "B=2", "A=3=,x"];
  const image = await createImage({ layers: [layer], config: { Env } });
  assert.deepEqual(image.config.value.config?.Env, ["A=3=,x", "B=2"]);
  assert.deepEqual(Env.length, 3);
});

test("image: what is null in a configuration is absent", async () => {
  const config = { Env: null, Labels: null, Cmd: ["/a"] };
  const image = await createImage({
    layers: [layer],
    config: config as unknown as ImageConfig,
  });
  assert.deepEqual(image.config.value.config, { Cmd: ["/a"] });
});

test("image: escaping is that of RFC 8785, and texts come back equal", async () => {
  const Labels = {
    "a,b": "c=d,e",
    html: "<a href='x'>&amp;</a>",
    lines: "\u2028\u2029\u007f\n",
  };
  const image = await createImage({
    layers: [layer],
    config: { Labels },
    annotations: Labels,
  });
  assert.ok(text(image.config.bytes).includes("\"<a href='x'>&amp;</a>\""));
  assert.ok(text(image.config.bytes).includes("\u2028\u2029\u007f\\n"));
  assert.deepEqual(image.config.value.config?.Labels, Labels);
  assert.deepEqual(image.manifest.value.annotations, Labels);
});

test("image: names that objects are born with are annotations too", async () => {
  const json = '{"__proto__":"a","constructor":"b","toString":"c"}';
  const annotations = JSON.parse(json);
  const image = await createImage({ layers: [layer], annotations });
  assert.ok(text(image.manifest.bytes).includes(`"annotations":${json}`));
  assert.deepEqual(image.manifest.value.annotations, JSON.parse(json));
});

test("image: there is a layer at the least, be it an empty one", async () => {
  await assert.rejects(createImage({ layers: [] }), {
    code: "IMAGE",
    message: /it has no layer; give it one/,
  });
  await createImage({ layers: [await createLayer([])] });
});

test("image: every layer has its line of history", async () => {
  const { config } = await createImage({ layers: [layer, plain, layer] });
  const { history = [], rootfs } = config.value;
  assert.equal(history.length, rootfs.diff_ids.length);
  assert.ok(history.every((entry) => entry.empty_layer === undefined));
});

test("image: more layers than Docker takes are told of, and made", async () => {
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const layers = Array.from({ length: 125 }, () => layer);
  await createImage({ layers, onWarning });
  assert.deepEqual(warnings, []);
  await createImage({ layers: [...layers, layer, plain, layer], onWarning });
  assert.deepEqual(warnings, [
    "The image has 128 layers, and Docker takes no more than 125; join some",
  ]);
});

test("image: documents longer than registries take are refused", async () => {
  const long = "x".repeat(4 * 1024 * 1024 - 500);
  await createImage({ layers: [layer], config: { Labels: { long } } });
  for (
    const options of [
      { annotations: { long: `${long}${"x".repeat(500)}` } },
      { config: { Labels: { long: `${long}${"x".repeat(500)}` } } },
    ]
  ) {
    await assert.rejects(createImage({ layers: [layer], ...options }), {
      code: "IMAGE",
      message: /would be \d+ bytes long, and 4194304 are the most/,
    });
  }
});

test("image: text that is none is refused", async () => {
  const config: ImageConfig = { Labels: { a: "\ud800" } };
  await assert.rejects(createImage({ layers: [layer], config }), {
    code: "JSON",
    message: /lone surrogate/,
  });
});
