import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../../src/bytes/sha256.ts";
import type { ContainerImage } from "../../src/image/container_image.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { RegistryError } from "../../src/registry/registry_error.ts";
import { verify } from "../../src/transfer/verify.ts";
import { Shelf } from "./shelf.ts";
import { hold, reportOf, tar } from "./stored_image.ts";

const file = (path: string) => ({ type: "file", path, body: path }) as const;
const shared = await createLayer([file("shared")]);
const imageFor = async (text: string): Promise<ContainerImage> =>
  await createImage({
    layers: [shared, await createLayer([file(text)])],
    platform: parsePlatform(text),
  });
const images = await Promise.all(["linux/amd64", "linux/arm64"].map(imageFor));
const index = await createIndex({ images });

test("what is right is read to its end, and each blob once", async () => {
  const shelf = new Shelf();
  await shelf.hold(index, "");
  const report = await verify(shelf);
  const sizes = [...shelf.contents.values()].map((bytes) => bytes.byteLength);
  assert.deepEqual(report, {
    name: "shelf",
    digest: index.manifest.descriptor.digest,
    documents: 3,
    blobs: 5,
    bytes: sizes.reduce((sum, size) => sum + size),
    ...{ problems: [], warnings: [], skipped: [] },
  });
  assert.deepEqual([...shelf.reads].sort(), [...shelf.contents.keys()].sort());
});

test("for one platform, nothing else is read", async () => {
  const shelf = new Shelf();
  await shelf.hold(index, "");
  const platform = parsePlatform("linux/arm64");
  const { documents, blobs } = await verify(shelf, { platform });
  assert.deepEqual({ documents, blobs }, { documents: 1, blobs: 3 });
});

test("a single image for another platform than was asked for is refused", async () => {
  const shelf = new Shelf();
  const [image] = images;
  assert.ok(image);
  await shelf.hold(image, "");
  const { problems } = await verify(shelf, {
    platform: parsePlatform("linux/amd64"),
  });
  assert.deepEqual(problems, []);
  await assert.rejects(
    verify(shelf, { platform: parsePlatform("linux/arm64") }),
    /Cannot verify shelf: it is for linux\/amd64 and not for linux\/arm64/,
  );
});

test("all that is wrong is found at once", async () => {
  const shelf = new Shelf();
  await shelf.hold(index, "");
  const [first, second] = images;
  assert.ok(first && second);
  const flip = (digest: Descriptor["digest"]) => {
    const bytes = shelf.contents.get(digest)?.slice() ?? new Uint8Array();
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    shelf.contents.set(digest, bytes);
  };
  const [, own] = first.layers;
  assert.ok(own);
  flip(shared.digest);
  flip(second.config.descriptor.digest);
  shelf.contents.delete(own.digest);
  const { problems } = await verify(shelf);
  assert.deepEqual(
    problems.map(({ what, digest }) => [what, digest]),
    [
      ["config of linux/arm64", second.config.descriptor.digest],
      ["layer 1 of linux/amd64 and 1 more", shared.digest],
      ["layer 2 of linux/amd64", own.digest],
    ],
  );
  const [config, layer, missing] = problems;
  assert.match(config?.why ?? "", /^its digest is sha256:\w+$/);
  assert.match(layer?.why ?? "", /^its digest is sha256:\w+$/);
  assert.equal(missing?.why, `it lacks ${own.digest}`);
});

test("a manifest that is damaged or not there hides nothing of the others", async () => {
  const shelf = new Shelf();
  await shelf.hold(index, "");
  const [first, second] = images;
  assert.ok(first && second);
  shelf.contents.set(first.manifest.descriptor.digest, Uint8Array.of(123));
  const [, own] = second.layers;
  assert.ok(own);
  shelf.contents.delete(own.digest);
  const { problems } = await verify(shelf);
  assert.deepEqual(
    problems.map(({ what, why }) => `${what}: ${why}`),
    [
      "manifest of linux/amd64: it is not JSON",
      `layer 2 of linux/arm64: it lacks ${own.digest}`,
    ],
  );
});

test("two sizes of one blob contradict each other", async () => {
  const shelf = new Shelf();
  const size = tar.byteLength;
  await hold(shelf, [{ bytes: tar }, { bytes: tar, said: { size: size + 1 } }]);
  const { problems } = await verify(shelf);
  assert.deepEqual(
    problems.map(({ what, why }) => `${what}: ${why}`),
    [
      `layer 2: it is said to have ${size + 1} bytes, and as layer 1 ${size}`,
    ],
  );
});

test("a configuration is held against the manifest and the specification", async () => {
  const id = await digestOf(tar);
  const layers = (...ids: string[]) => ({ type: "layers", diff_ids: ids });
  const bytes = tar;
  assert.deepEqual(
    (await reportOf({ bytes }, { rootfs: layers(id, id) })).problems,
    ["config: it has 2 diffIDs, and the manifest 1 layers"],
  );
  assert.deepEqual((await reportOf({ bytes }, { os: "" })).problems, [
    "config: it does not say its os",
  ]);
  const made = { created_by: "x" };
  const { problems, warnings } = await reportOf({ bytes }, {
    history: [made, { ...made, empty_layer: true }, made],
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(warnings, [
    "config: its history tells of 2 layers, and it has 1; Docker does not " +
    "take that",
  ]);
});

test("also of a broken configuration, the layers are read as tars", async () => {
  const bytes = new TextEncoder().encode("no tar");
  const { problems } = await reportOf({ bytes }, { os: 1 });
  assert.deepEqual(problems, [
    "config: it does not say its os",
    "layer 1: it is no tar (at byte 6)",
  ]);
});

test("what an index says of a platform is compared with the image", async () => {
  const shelf = new Shelf();
  const child = await hold(shelf, [{ bytes: tar }]);
  const platform = parsePlatform("linux/arm64");
  await shelf.index([{ ...child, platform, size: child.size + 1 }], "");
  const { problems, warnings } = await verify(shelf);
  assert.deepEqual(problems.map(({ why }) => why), [
    `it has ${child.size} bytes, and the index says ${child.size + 1}`,
  ]);
  assert.deepEqual(warnings.map(({ why }) => why), [
    "it says that the image is for linux/amd64, and the index linux/arm64",
  ]);
});

test("an artifact is read, and nothing of it understood", async () => {
  const shelf = new Shelf();
  const artifact = await shelf.artifact("signature");
  const strange = await shelf.bytes("text/strange", new Uint8Array(9));
  await shelf.index([artifact, strange], "");
  const { problems, documents, blobs } = await verify(shelf);
  assert.deepEqual({ problems, documents, blobs }, {
    ...{ problems: [], documents: 3, blobs: 2 },
  });
});

test("where the way to the bytes fails, that is no finding", async () => {
  const failures = [
    new ScratchbuildError("Cannot reach it", { code: "NETWORK" }),
    new ScratchbuildError("Cannot go on", { code: "ABORTED" }),
    new RegistryError("Cannot read it", { status: 403, errors: [] }),
    new TypeError("a mistake"),
  ];
  for (const failure of failures) {
    const shelf = new Shelf();
    await shelf.hold(index, "");
    const { blob } = shelf;
    shelf.blob = (descriptor) => ({
      ...blob.call(shelf, descriptor),
      chunks: () => {
        throw failure;
      },
    });
    await assert.rejects(verify(shelf), failure);
  }
  const shelf = new Shelf();
  await shelf.hold(index, "");
  const missing = new RegistryError("Cannot read it: no such blob", {
    status: 404,
    errors: [],
  });
  shelf.blob = ({ size }) => ({
    size,
    stream: () => assert.fail(),
    chunks: () => {
      throw missing;
    },
  });
  const { problems } = await verify(shelf);
  assert.equal(problems.length, 5);
  assert.ok(problems.every(({ why }) => why === "it is not there"));
});

test("what stands for everything is damaged, or is not there", async () => {
  const shelf = new Shelf();
  await assert.rejects(verify(shelf), { code: "ARCHIVE" });
  const damage = new ScratchbuildError(
    "Cannot get a/b@sha256:12: it is not JSON",
    { code: "REGISTRY" },
  );
  shelf.manifest = () => Promise.reject(damage);
  assert.deepEqual(await verify(shelf), {
    name: "shelf",
    ...{ documents: 0, blobs: 0, bytes: 0 },
    problems: [{ what: "manifest", why: "it is not JSON" }],
    ...{ warnings: [], skipped: [] },
  });
});

test("progress is told for each blob", async () => {
  const shelf = new Shelf();
  await shelf.hold(index, "");
  const done: string[] = [];
  await verify(shelf, {
    onProgress: ({ state, bytes, descriptor }, what) => {
      if (state === "done") done.push(`${what} ${bytes === descriptor.size}`);
    },
  });
  assert.deepEqual(done.sort(), [
    "layer 1 of linux/amd64 true",
    "layer 2 of linux/amd64 true",
    "layer 2 of linux/arm64 true",
  ]);
});
