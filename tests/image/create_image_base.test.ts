import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerImage, Layer } from "../../src/image/container_image.ts";
import {
  createImage,
  type ImageOptions,
} from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { annotationKeys } from "../../src/spec/annotations.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Image } from "../../src/spec/image.ts";
import {
  MediaTypeForeignLayer,
  mediaTypes,
} from "../../src/spec/media_types.ts";
import { skipWithoutCorpora } from "../support/corpora.ts";
import { assertDocument } from "../support/oci_schemas.ts";

const layerOf = (path: string) =>
  createLayer([{ type: "file", path, body: path }], {
    createdBy: `add ${path}`,
  });

async function baseImage(
  options: Partial<ImageOptions> = {},
): Promise<ContainerImage> {
  return await createImage({
    layers: [await layerOf("a"), await layerOf("b")],
    config: {
      Env: ["PATH=/bin", "MODE=test"],
      Cmd: ["/bin/sh"],
      Labels: { base: "yes", both: "base" },
      User: "5:6",
      WorkingDir: "/base",
      ExposedPorts: { "80/tcp": {} },
    },
    created: 100,
    author: "somebody",
    ...options,
  });
}

/** An image with other values in its configuration than we would write. */
function withConfig(
  image: ContainerImage,
  change: Partial<Image>,
): ContainerImage {
  const { config } = image;
  return {
    ...image,
    config: { ...config, value: { ...config.value, ...change } },
  };
}

function withLayer(
  image: ContainerImage,
  change: Partial<Layer>,
): ContainerImage {
  return {
    ...image,
    layers: image.layers.map((layer) => ({ ...layer, ...change })),
  };
}

test("layers, diffIDs and history of the base come first", async () => {
  const base = await baseImage();
  const top = await layerOf("c");
  const image = await createImage({ base, layers: [top], created: 200 });
  assert.deepEqual(
    image.manifest.value.layers.map(({ digest }) => digest),
    [...base.layers, top].map(({ digest }) => digest),
  );
  assert.deepEqual(
    image.config.value.rootfs.diff_ids,
    [...base.layers, top].map(({ diffId }) => diffId),
  );
  assert.deepEqual(image.config.value.history, [
    { created: "1970-01-01T00:01:40Z", created_by: "add a" },
    { created: "1970-01-01T00:01:40Z", created_by: "add b" },
    { created: "1970-01-01T00:03:20Z", created_by: "add c" },
  ]);
  assert.equal(image.config.value.created, "1970-01-01T00:03:20Z");
});

test("an image on a base fits the schemas of the specification", {
  skip: skipWithoutCorpora,
}, async () => {
  const base = { ...await baseImage(), reference: "example.com/base:1" };
  const image = await createImage({ base, layers: [await layerOf("c")] });
  assertDocument("manifest", image.manifest.bytes);
  assertDocument("config", image.config.bytes);
});

test("the configuration is laid on that of the base", async () => {
  const base = await baseImage();
  const { config } = (await createImage({
    base,
    layers: [],
    config: {
      Env: ["MODE=live", "MORE=1"],
      Entrypoint: ["/app"],
      Labels: { both: "own" },
      ExposedPorts: { "443/tcp": {} },
    },
  })).config.value;
  assert.deepEqual(config, {
    Env: ["PATH=/bin", "MODE=live", "MORE=1"],
    Entrypoint: ["/app"],
    Labels: { base: "yes", both: "own" },
    User: "5:6",
    WorkingDir: "/base",
    ExposedPorts: { "80/tcp": {}, "443/tcp": {} },
  });
});

test("a base may be all that there is, and the author stays", async () => {
  const base = await baseImage();
  const image = await createImage({ base, layers: [] });
  assert.equal(image.layers.length, 2);
  assert.equal(image.config.value.author, "somebody");
  await assert.rejects(createImage({ layers: [] }), /it has no layer/);
});

test("annotations say what the base was, and count for less than given ones", async () => {
  const base = { ...await baseImage(), reference: "docker.io/library/base:1" };
  const digest = base.manifest.descriptor.digest;
  const { annotations } =
    (await createImage({ base, layers: [] })).manifest.value;
  assert.deepEqual(annotations, {
    [annotationKeys.baseDigest]: digest,
    [annotationKeys.baseName]: "docker.io/library/base:1",
  });
  const own = await createImage({
    base,
    layers: [],
    annotations: { [annotationKeys.baseName]: "example.com/other:2" },
  });
  assert.equal(
    own.manifest.value.annotations?.[annotationKeys.baseName],
    "example.com/other:2",
  );
  const docker = await createImage({ base, layers: [], format: "docker" });
  assert.equal(docker.manifest.value.annotations, undefined);
});

test("the platform is the base's, completed by what is asked for", async () => {
  const base = await baseImage({
    platform: { os: "linux", architecture: "arm", variant: "v6" },
  });
  const plain = await createImage({ base, layers: [] });
  assert.equal(plain.config.value.variant, "v6");
  const asked = await createImage({
    base,
    layers: [],
    platform: { os: "linux", architecture: "arm", variant: "v7" },
  });
  assert.equal(asked.config.value.variant, "v7");
  await assert.rejects(
    createImage({
      base,
      layers: [],
      platform: { os: "linux", architecture: "amd64" },
    }),
    /its base is for linux\/arm\/v6, and it is to be for linux\/amd64/,
  );
});

test("a manifest names media types of one family, whatever the base had", async () => {
  const docker = await baseImage({ format: "docker" });
  const own = await layerOf("c");
  const described = withLayer(docker, {
    descriptor: docker.manifest.value.layers[0] as Descriptor,
  });
  const oci = await createImage({ base: described, layers: [own] });
  assert.deepEqual(
    oci.manifest.value.layers.map(({ mediaType }) => mediaType),
    Array(3).fill(mediaTypes.oci.layerGzip),
  );
  const back = await createImage({
    base: oci,
    layers: [own],
    format: "docker",
  });
  assert.deepEqual(
    back.manifest.value.layers.map(({ mediaType }) => mediaType),
    Array(4).fill(mediaTypes.docker.layerGzip),
  );
});

test("layers that may not be distributed stay what they are, with their urls", async () => {
  const base = withLayer(await baseImage(), {
    descriptor: {
      mediaType: MediaTypeForeignLayer,
      digest: `sha256:${"0".repeat(64)}`,
      size: 1,
      urls: ["https://example.com/layer"],
    },
  });
  const [oci] = (await createImage({ base, layers: [] })).manifest.value.layers;
  assert.equal(
    oci?.mediaType,
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
  );
  assert.deepEqual(oci?.urls, ["https://example.com/layer"]);
  const docker = await createImage({ base, layers: [], format: "docker" });
  assert.equal(
    docker.manifest.value.layers[0]?.mediaType,
    MediaTypeForeignLayer,
  );
});

test("zstd layers have a media type in the format oci alone", async () => {
  const base = withLayer(await baseImage(), { encoding: "zstd" });
  const { layers } = (await createImage({ base, layers: [] })).manifest.value;
  assert.equal(layers[0]?.mediaType, mediaTypes.oci.layerZstd);
  await assert.rejects(
    createImage({ base, layers: [], format: "docker" }),
    /zstd, for which Docker has no media type/,
  );
});

test("a history that does not go with the layers is written anew", async () => {
  const sound = await baseImage();
  const empty = { created_by: "ENV A=1", empty_layer: true };
  const kept = withConfig(sound, {
    history: [...sound.config.value.history ?? [], empty],
  });
  const whole = await createImage({ base: kept, layers: [] });
  assert.deepEqual(whole.config.value.history?.at(-1), empty);
  const wrong = withConfig(sound, { history: [{ created_by: "one" }] });
  const image = await createImage({ base: wrong, layers: [] });
  assert.deepEqual(
    image.config.value.history?.map(({ created_by }) => created_by),
    ["add a", "add b"],
  );
});

test("a base whose configuration cannot be joined with another one is refused", async () => {
  const sound = await baseImage();
  const wrong: [string, unknown][] = [
    ["Env", [1]],
    ["Env", "A=1"],
    ["Cmd", { a: 1 }],
    ["Entrypoint", [["sh"]]],
    ["Labels", ["a"]],
    ["ExposedPorts", "80"],
    ["Volumes", 1],
  ];
  for (const [name, value] of wrong) {
    const base = withConfig(sound, { config: { [name]: value } });
    await assert.rejects(createImage({ base, layers: [] }), {
      code: "IMAGE",
      message: `Cannot create the image: the ${name} of its base is not what ` +
        "it should be; build that image again, or use another one",
    });
  }
  const base = withConfig(sound, { config: { Env: null as never } });
  await createImage({ base, layers: [] });
});
