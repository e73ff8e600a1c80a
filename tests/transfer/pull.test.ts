import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource } from "../../src/bytes/byte_source.ts";
import type { ContainerImage } from "../../src/image/container_image.ts";
import type { Document } from "../../src/image/document.ts";
import { createDocument } from "../../src/image/create_document.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Artifact, ContainerIndex } from "../../src/image/publishable.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Image } from "../../src/spec/image.ts";
import type { Index, Manifest } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { pull } from "../../src/transfer/pull.ts";
import { readPublishable } from "../../src/transfer/read_publishable.ts";
import { memoryPlace } from "../support/memory_source.ts";

const imageFor = async (platform: string): Promise<ContainerImage> =>
  await createImage({
    layers: [
      await createLayer([{ type: "file", path: "p", body: platform }], {
        createdBy: `add ${platform}`,
      }),
    ],
    platform: parsePlatform(platform),
    config: { Cmd: [platform] },
  });

const indexFor = async (...platforms: string[]): Promise<ContainerIndex> =>
  await createIndex({ images: await Promise.all(platforms.map(imageFor)) });

test("an image is pulled without its layers, which are read when they are asked for", async () => {
  const made = await imageFor("linux/amd64");
  const origin = { registry: "example.com", repository: "base" };
  const place = memoryPlace(made, {
    origin,
    fullReference: "example.com/base:1",
  });
  const image = await pull(place);
  const [layer] = image.layers;
  const [expected] = made.layers;
  assert.deepEqual(image.manifest.bytes, made.manifest.bytes);
  assert.deepEqual(image.config, made.config);
  assert.equal(image.reference, "example.com/base:1");
  assert.ok(layer && expected);
  assert.equal(place.opened.get(layer.digest), undefined);
  assert.equal(layer.digest, expected.digest);
  assert.equal(layer.diffId, expected.diffId);
  assert.equal(layer.size, expected.size);
  assert.equal(layer.encoding, "gzip");
  assert.equal(layer.createdBy, "add linux/amd64");
  assert.equal(layer.tarSize, undefined);
  assert.deepEqual(layer.origin, origin);
  assert.deepEqual(layer.descriptor, made.manifest.value.layers[0]);
  assert.deepEqual(
    await new Response(layer.stream()).bytes(),
    await new Response(expected.stream()).bytes(),
  );
  assert.equal(place.opened.get(layer.digest), 1);
});

test("an image that was pulled is the base of another one", async () => {
  const base = await pull(memoryPlace(await imageFor("linux/arm64")));
  const image = await createImage({ base, layers: [], config: { User: "1" } });
  assert.deepEqual(image.config.value.config, {
    Cmd: ["linux/arm64"],
    User: "1",
  });
  assert.equal(image.config.value.architecture, "arm64");
});

test("of an index, the image for the platform is pulled (req-033)", async () => {
  const place = memoryPlace(
    await indexFor("linux/amd64", "linux/arm/v6", "linux/arm64"),
  );
  const cmd = async (platform?: string) => {
    const image = await pull(place, {
      ...(platform !== undefined && { platform }),
    });
    return image.config.value.config?.Cmd?.[0];
  };
  assert.equal(await cmd(), "linux/amd64");
  assert.equal(await cmd("linux/arm64/v8"), "linux/arm64");
  assert.equal(await cmd("linux/arm/v7"), "linux/arm/v6");
  await assert.rejects(
    cmd("windows/amd64"),
    /Cannot find the image in memory: there is none for windows\/amd64; there are linux\/amd64, linux\/arm\/v6, linux\/arm64$/,
  );
});

test("the only image of an index is meant where no platform is named", async () => {
  const place = memoryPlace(await indexFor("linux/riscv64"));
  assert.equal((await pull(place)).config.value.architecture, "riscv64");
});

test("nested indexes are followed (req-034)", async () => {
  const inner = await indexFor("linux/amd64", "linux/arm64");
  const { mediaType, digest, size } = inner.manifest.descriptor;
  const manifest = await createDocument<Index>(mediaTypes.oci.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.oci.index,
    manifests: [{ mediaType, digest, size }],
  });
  const place = memoryPlace({ manifest, images: [inner] });
  const platform = parsePlatform("linux/arm64");
  assert.equal(
    (await pull(place, { platform })).config.value.architecture,
    "arm64",
  );
});

test("an image for another platform is refused", async () => {
  await assert.rejects(
    pull(memoryPlace(await imageFor("linux/amd64")), {
      platform: parsePlatform("linux/arm64"),
    }),
    /it is for linux\/amd64 and not for linux\/arm64/,
  );
});

/** An image with another manifest or configuration than we would write. */
async function altered(
  change: { manifest?: Partial<Manifest>; config?: Partial<Image> },
): Promise<Artifact> {
  const made = await imageFor("linux/amd64");
  const config = await createDocument(mediaTypes.oci.config, {
    ...made.config.value,
    ...change.config,
  });
  const manifest = await createDocument<Manifest>(mediaTypes.oci.manifest, {
    ...made.manifest.value,
    config: config.descriptor,
    ...change.manifest,
  });
  return {
    manifest,
    blobs: [{
      descriptor: config.descriptor,
      source: bytesSource(config.bytes),
    }],
  };
}

test("what is no image is refused, and says what it is", async () => {
  const { manifest: { value } } = await imageFor("linux/amd64");
  const chart = {
    ...value.config,
    mediaType: "application/vnd.cncf.helm.config.v1+json",
  };
  await assert.rejects(
    pull(memoryPlace(await altered({ manifest: { config: chart } }))),
    /its configuration is application\/vnd\.cncf\.helm/,
  );
  const [layer] = value.layers;
  assert.ok(layer);
  const odd = { ...layer, mediaType: `${layer.mediaType}+encrypted` };
  await assert.rejects(
    pull(memoryPlace(await altered({ manifest: { layers: [odd] } }))),
    /its layer 1 is application\/vnd\.oci\.image\.layer\.v1\.tar\+gzip\+encrypted/,
  );
});

test("a manifest and a configuration that do not go together are refused", async () => {
  const rootfs = { type: "layers", diff_ids: [] } as const;
  await assert.rejects(
    pull(
      memoryPlace(
        await altered({ config: { rootfs: { ...rootfs, diff_ids: [] } } }),
      ),
    ),
    /its manifest has 1 layers and its configuration 0/,
  );
  await assert.rejects(
    pull(memoryPlace(await altered({ config: { os: "" } }))),
    /of its configuration, it does not say its os/,
  );
});

test("what an index says that an image is for counts, where its configuration lacks the variant", async () => {
  const image = await imageFor("linux/arm");
  const platform = parsePlatform("linux/arm/v6");
  const said = indexOf([{ ...image.manifest.descriptor, platform }]);
  const place = memoryPlace({ manifest: await said, images: [image] });
  const pulled = await pull(place, { platform });
  assert.equal(
    pulled.manifest.descriptor.digest,
    image.manifest.descriptor.digest,
  );
  assert.deepEqual(pulled.manifest.bytes, image.manifest.bytes);
  assert.ok(!("said" in pulled.manifest));
});

test("an image of an index that does not say what it is for has to fit", async () => {
  const image = await imageFor("linux/amd64");
  const manifest = await indexOf([image.manifest.descriptor]);
  const place = memoryPlace({ manifest, images: [image] });
  await assert.rejects(
    pull(place, { platform: "linux/arm64" }),
    /it is for linux\/amd64 and not for linux\/arm64/,
  );
  await assert.rejects(
    readPublishable(place, { platform: parsePlatform("linux/arm64") }),
    /it is for linux\/amd64 and not for linux\/arm64/,
  );
});

function indexOf(manifests: Descriptor[]): Promise<Document<Index>> {
  return createDocument<Index>(mediaTypes.oci.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.oci.index,
    manifests,
  });
}
