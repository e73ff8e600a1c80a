import assert from "node:assert/strict";
import { test } from "node:test";
import { unpackTar } from "modern-tar";
import {
  ImageArchive,
  type ImageArchiveOptions,
} from "../../src/archive/image_archive.ts";
import { blobPath } from "../../src/archive/layout_files.ts";
import {
  bytesSource,
  iterateStream,
  streamOf,
} from "../../src/bytes/byte_source.ts";
import { concat } from "../../src/bytes/concat.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import type { Publishable } from "../../src/image/publishable.ts";
import { parseReference } from "../../src/registry/reference.ts";
import type { WriteOptions } from "../../src/target/image_target.ts";
import {
  amd64,
  arm64,
  attestation,
  chart,
  encrypted,
  foreign,
  imageWith,
  index,
  indexOf,
  mixed,
  signature,
} from "./published_samples.ts";

/** Writes an archive and reads it with another program's reader. */
async function archive(
  image: Publishable,
  options: Omit<ImageArchiveOptions, "name"> = {},
  writeOptions: WriteOptions = {},
) {
  let bytes = new Uint8Array();
  const target = new ImageArchive(async (stream) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of iterateStream(stream)) chunks.push(chunk);
    bytes = new Uint8Array(concat(chunks));
  }, { name: "image.tar", ...options });
  await target.write(image, writeOptions);
  const entries = await unpackTar(bytes, { strict: true });
  const files = new Map(
    entries.filter(({ header }) => header.type === "file")
      .map(({ header, data }) => [header.name, data]),
  );
  const json = (path: string) =>
    JSON.parse(new TextDecoder().decode(files.get(path)));
  return { bytes, files, json };
}

/** What is written of it as a Docker archive. */
function forDocker(image: Publishable, options: WriteOptions = {}) {
  return archive(image, { forDocker: true }, options);
}

/** The configuration that `manifest.json` names, its only one. */
function configIn(json: (path: string) => { Config: string }[]): string {
  const entries = json("manifest.json");
  assert.equal(entries.length, 1);
  return entries[0]!.Config;
}

const configOf = (image: typeof amd64) =>
  blobPath(image.manifest.value.config.digest);

test("an index is written with all that it names, each blob once", async () => {
  const { files, json } = await archive(index, { tags: ["v1"] });
  const blobs = [...files.keys()].filter((path) => path.startsWith("blobs/"));
  // Three layers, one of them shared; two configurations and manifests; itself.
  assert.equal(blobs.length, 3 + 2 + 2 + 1);
  for (const path of blobs) {
    assert.equal(blobPath(await digestOf(files.get(path)!)), path);
  }
  assert.deepEqual(json("index.json").manifests, [{
    ...index.manifest.descriptor,
    annotations: { "org.opencontainers.image.ref.name": "v1" },
  }]);
});

test("the manifest.json of an index names the image that stands first", async () => {
  assert.equal(configIn((await archive(index)).json), configOf(amd64));
  const turned = await indexOf([arm64, amd64]);
  assert.equal(configIn((await archive(turned)).json), configOf(arm64));
});

test("an index in an index is written, and what is no image is no image", async () => {
  const { files, json } = await archive(mixed);
  for (
    const { manifest } of [mixed, ...mixed.images, ...index.images]
  ) {
    const { digest } = manifest.descriptor;
    assert.deepEqual(files.get(blobPath(digest)), manifest.bytes);
  }
  assert.equal(configIn(json), configOf(amd64));
});

test("without an image there is no manifest.json", async () => {
  for (const image of [chart, attestation, signature, encrypted, foreign]) {
    const { files } = await archive(image);
    assert.ok(!files.has("manifest.json"));
    assert.ok(files.has(blobPath(image.manifest.descriptor.digest)));
  }
});

test("an index of one image is a Docker archive, with what else it names", async () => {
  const one = await indexOf([attestation, amd64, await indexOf([amd64])]);
  const { files, json } = await forDocker(one);
  assert.equal(configIn(json), configOf(amd64));
  assert.ok(files.has(blobPath(attestation.manifest.descriptor.digest)));
  assert.equal(
    json("index.json").manifests[0].digest,
    one.manifest.descriptor.digest,
  );
});

for (
  const [what, image, message] of [
    [
      "several images",
      index,
      /^Cannot write image\.tar: it has 2 images, and .* --platform, or /,
    ],
    [
      "no image",
      chart,
      /^Cannot write image\.tar: it is no image, and .*; use oci-archive:$/,
    ],
    [
      "an attestation",
      await indexOf([attestation]),
      /^Cannot write image\.tar: it is no image, /,
    ],
    [
      "an encrypted layer",
      encrypted,
      /^Cannot write image\.tar: its layer sha256:\w{64} is encrypted, /,
    ],
    [
      "a layer that is left out",
      foreign,
      /^Cannot write image\.tar: its layer .* --foreign-layers, or /,
    ],
  ] as [string, Publishable, RegExp][]
) {
  test(`refused as a Docker archive: ${what}`, async () => {
    const target = new ImageArchive(
      () => assert.fail("something was written"),
      { name: "image.tar", forDocker: true },
    );
    await assert.rejects(target.write(image), { code: "IMAGE", message });
  });
}

test("a layer that may not be distributed is written only when asked for", async () => {
  const path = blobPath(foreign.manifest.value.layers[0]!.digest);
  const { files: without } = await archive(foreign);
  assert.ok(!without.has(path));
  const { files } = await forDocker(foreign, { foreignLayers: true });
  assert.equal(new TextDecoder().decode(files.get(path)), "secret sauce");
  assert.ok(files.has("manifest.json"));
});

test("the tags of one writing come before those of the archive", async () => {
  const names = async (
    options: Omit<ImageArchiveOptions, "name">,
    tags: string[],
  ) => {
    const { json } = await archive(amd64, options, { tags });
    return {
      tags: json("index.json").manifests.map((
        entry: { annotations?: Record<string, string> },
      ) => entry.annotations?.["org.opencontainers.image.ref.name"]),
      repoTags: json("manifest.json")[0].RepoTags,
    };
  };
  const references = ["ghcr.io/a/b:1", "ghcr.io/a/b:2", "hello"]
    .map(parseReference);
  assert.deepEqual(await names({ tags: ["a"] }, ["b", "c"]), {
    tags: ["b", "c"],
    repoTags: null,
  });
  assert.deepEqual(await names({ references }, ["3"]), {
    tags: ["3", "3"],
    repoTags: ["ghcr.io/a/b:3", "hello:3"],
  });
  assert.deepEqual(await names({ tags: ["a"], references }, []), {
    tags: [undefined],
    repoTags: null,
  });
});

for (
  const [what, content, message] of [
    [
      "longer",
      "12345678",
      /^Cannot write image\.tar: the blob sha256:\w{64} is longer than its 7 /,
    ],
    [
      "shorter",
      "123456",
      /^Cannot write image\.tar: the blob sha256:\w{64} ended after 6 of its 7 /,
    ],
  ] as const
) {
  test(`a blob that is ${what} than its descriptor says ends the writing`, async () => {
    const source = bytesSource(new TextEncoder().encode(content));
    await assert.rejects(archive(await imageWith("1234567", source)), {
      code: "IMAGE",
      message,
    });
  });
}

test("a blob that cannot be read ends the writing", async () => {
  const fail = function* () {
    yield new Uint8Array(3);
    throw new Error("it fell\nover");
  };
  const source = { size: 7, stream: () => streamOf(fail()) };
  await assert.rejects(archive(await imageWith("1234567", source)), {
    code: "IMAGE",
    message: /the blob sha256:\w{64} cannot be read: it fell\\u000aover$/,
  });
});

test("the bytes of the archive of an index stay what they are", async () => {
  const { bytes } = await archive(index, { tags: ["v1"] });
  assert.deepEqual((await archive(index, { tags: ["v1"] })).bytes, bytes);
  // Looked through with GNU tar, and read by skopeo.
  assert.equal(bytes.byteLength, 18_944);
  assert.equal(
    await digestOf(bytes),
    "sha256:b8009cb72a842be6f6c0474bc8f36561fad71935c6554f14fc2e7849f28c3997",
  );
});
