import assert from "node:assert/strict";
import { test } from "node:test";
import { LayoutSource } from "../../src/archive/layout_source.ts";
import type { Publishable } from "../../src/image/publishable.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { referrersTag } from "../../src/registry/pull/referrers_tag.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Index } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { pull } from "../../src/transfer/pull.ts";
import {
  amd64,
  arm64,
  chart,
  index,
  mixed,
  signature,
} from "./published_samples.ts";
import {
  type Files,
  filesOf,
  inMemory,
  jsonOf,
  readThrough,
  setJson,
} from "./read_samples.ts";

const name = "oci:image";
const open = (files: Files, tag?: string) =>
  new LayoutSource(inMemory(files), {
    name,
    ...(tag !== undefined && { tag }),
  });
const refusal = (why: RegExp) => ({ code: "ARCHIVE", message: why });
const digestOf = ({ manifest }: { manifest: { descriptor: Descriptor } }) =>
  manifest.descriptor.digest;

/** A layout of several images, with an `index.json` of these entries. */
async function layoutOf(
  ...images: readonly [image: Publishable, tag?: string][]
): Promise<Files> {
  const files: Files = new Map();
  const manifests: Descriptor[] = [];
  for (const [image, tag] of images) {
    for (const [path, bytes] of await filesOf(image)) files.set(path, bytes);
    manifests.push(
      ...jsonOf<Index>(files, "index.json").manifests.map(
        (entry) => ({
          ...entry,
          ...(tag !== undefined && {
            annotations: { "org.opencontainers.image.ref.name": tag },
          }),
        }),
      ),
    );
  }
  return setJson(files, "index.json", {
    ...jsonOf<Index>(files, "index.json"),
    manifests,
  });
}

test("a layout of one image is read without a tag, and by its digest", async () => {
  const source = open(await filesOf(amd64, { tags: ["v1"] }));
  assert.equal(source.name, name);
  assert.equal(await readThrough(source), digestOf(amd64));
  assert.equal(await readThrough(source, digestOf(amd64)), digestOf(amd64));
  const { manifest, layers } = await pull(source);
  assert.deepEqual(manifest.bytes, amd64.manifest.bytes);
  assert.equal(layers.length, 2);
});

test("the image of a layout is chosen by its tag", async () => {
  const files = await layoutOf([amd64, "v1"], [arm64, "v2"]);
  assert.equal(await readThrough(open(files, "v1")), digestOf(amd64));
  assert.equal(await readThrough(open(files, "v2")), digestOf(arm64));
  assert.equal(await readThrough(open(files, "v2"), "v1"), digestOf(amd64));
  assert.deepEqual(await Array.fromAsync(open(files).tags()), ["v1", "v2"]);
  await assert.rejects(
    open(files).manifest(),
    refusal(/it has 2 images; choose one by its tag: v1, v2$/),
  );
  await assert.rejects(
    open(files, "v3").manifest(),
    refusal(/it has no image with the tag v3; choose one by its tag: v1, v2$/),
  );
});

test("one image with several tags is one image", async () => {
  const source = open(await filesOf(amd64, { tags: ["v1", "latest"] }));
  assert.equal(await readThrough(source), digestOf(amd64));
});

test("two images with one tag are told apart by nothing but their digests", async () => {
  const files = await layoutOf([amd64, "v1"], [arm64, "v1"]);
  await assert.rejects(
    open(files, "v1").manifest(),
    refusal(/it has 2 images with the tag v1$/),
  );
  assert.equal(
    await readThrough(open(files, "v1"), digestOf(arm64)),
    digestOf(arm64),
  );
});

test("the names by which containerd knows images are tags too", async () => {
  const files = await filesOf(amd64, {
    references: [parseReference("ghcr.io/me/app:1.0")],
  });
  const json = jsonOf<Index>(files, "index.json");
  const [entry] = json.manifests;
  assert.ok(entry);
  const annotations = {
    "io.containerd.image.name": "ghcr.io/me/app:1.0",
  };
  setJson(files, "index.json", {
    ...json,
    manifests: [{ ...entry, annotations }],
  });
  const both = [open(files, "1.0"), open(files, "ghcr.io/me/app:1.0")];
  for (const source of both) {
    assert.equal(await readThrough(source), digestOf(amd64));
  }
  await assert.rejects(open(files, "2.0").manifest(), refusal(/no image/));
});

test("images of one tag are chosen by the names that containerd gave them", async () => {
  const files = await layoutOf([amd64, "1"], [arm64, "1"]);
  const json = jsonOf<Index>(files, "index.json");
  const names = ["example.com/a:1", "example.com/b:1"];
  const manifests = json.manifests.map((entry, position) => ({
    ...entry,
    annotations: {
      ...entry.annotations,
      "io.containerd.image.name": names[position] ?? "",
    },
  }));
  setJson(files, "index.json", { ...json, manifests });
  const choose = `choose one by its tag: ${names.join(", ")}$`;
  for (const tag of [undefined, "1", "2"]) {
    await assert.rejects(
      open(files, tag).manifest(),
      refusal(new RegExp(choose)),
    );
  }
  assert.equal(await readThrough(open(files, names[1])), digestOf(arm64));
});

test("req-034 an index.json that names an index is read to its images", async () => {
  const source = open(await filesOf(index));
  assert.equal(await readThrough(source), digestOf(index));
  const arm = { os: "linux", architecture: "arm64" };
  const found = await pull(source, { platform: arm });
  assert.equal(digestOf(found), digestOf(arm64));
});

test("a layout holds artifacts and documents that are not known here", async () => {
  const files = await filesOf(mixed);
  const { manifest } = mixed;
  const source = open(files);
  assert.equal((await source.manifest()).kind, "index");
  for (const descriptor of manifest.value.manifests) {
    const bytes = await source.document(descriptor);
    assert.equal(bytes.byteLength, descriptor.size);
  }
});

test("what refers to an image does not stand in the way of it", async () => {
  const files = await layoutOf([amd64], [signature]);
  assert.equal(await readThrough(open(files)), digestOf(amd64));
  const both = await layoutOf([amd64], [signature], [chart]);
  await assert.rejects(
    open(both).manifest(),
    refusal(/it has 2 images; none of them has a tag$/),
  );
});

test("what refers to an image is listed", async () => {
  const files = await layoutOf([amd64, "v1"], [chart, "c"], [signature]);
  const source = open(files);
  const list = (artifactType?: string) =>
    Array.fromAsync(source.referrers(digestOf(amd64), {
      ...(artifactType !== undefined && { artifactType }),
    }));
  const expected = [{
    ...signature.manifest.descriptor,
    artifactType: signature.manifest.value.config.mediaType,
  }];
  assert.deepEqual(await list(), expected);
  assert.deepEqual(await list(expected[0]?.artifactType), expected);
  assert.deepEqual(await list("application/none"), []);
  assert.deepEqual(
    await Array.fromAsync(source.referrers(digestOf(arm64))),
    [],
  );
});

test("what the tag of the referrers names is listed", async () => {
  const files = await layoutOf([amd64, "v1"]);
  const list = await layoutOf([index, referrersTag(digestOf(amd64))]);
  for (const [path, bytes] of list) {
    if (path !== "index.json") files.set(path, bytes);
  }
  setJson(files, "index.json", {
    ...jsonOf<Index>(files, "index.json"),
    manifests: [
      ...jsonOf<Index>(files, "index.json").manifests,
      ...jsonOf<Index>(list, "index.json").manifests,
    ],
  });
  const source = open(files);
  const found = await Array.fromAsync(source.referrers(digestOf(amd64)));
  assert.deepEqual(found, index.manifest.value.manifests);
  // Beside it, the image is the only one.
  assert.equal(await readThrough(source), digestOf(amd64));
});

test("a manifest asked for as something else is refused", async () => {
  const source = open(await filesOf(amd64, { tags: ["v1"] }));
  const name = digestOf(amd64);
  await assert.rejects(
    source.manifest("v1", { mediaType: mediaTypes.docker.manifest }),
    refusal(/is application\/vnd\.oci/),
  );
  await assert.rejects(
    source.manifest(name, { mediaType: mediaTypes.oci.index }),
    refusal(/was said to be application\/vnd\.oci\.image\.index/),
  );
});

test("what a manifest says of itself counts where its digest fits (req-032)", async () => {
  const source = open(await filesOf(amd64, { tags: ["v1"] }));
  const { descriptor } = await source.manifest(digestOf(amd64), {
    mediaType: mediaTypes.docker.manifest,
  });
  assert.equal(descriptor.mediaType, mediaTypes.oci.manifest);
});
