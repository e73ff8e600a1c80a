import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import { test } from "node:test";
import * as zlib from "node:zlib";
import { digestOf } from "../../src/bytes/sha256.ts";
import type { ContainerImage } from "../../src/image/container_image.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { RegistryError } from "../../src/registry/registry_error.ts";
import { readWhole } from "../../src/transfer/read_whole.ts";
import { verify } from "../../src/transfer/verify.ts";
import { Shelf } from "./shelf.ts";

const { oci } = mediaTypes;
const file = (path: string) => ({ type: "file", path, body: path }) as const;
const shared = await createLayer([file("shared")]);
const imageFor = async (text: string): Promise<ContainerImage> =>
  await createImage({
    layers: [shared, await createLayer([file(text)])],
    platform: parsePlatform(text),
  });
const images = await Promise.all(["linux/amd64", "linux/arm64"].map(imageFor));
const index = await createIndex({ images });

/** A tar of one file, not compressed. */
const tar = await readWhole(
  await createLayer([file("a")], { compression: "none" }),
);

/** A layer as it is stored, and what is said of it. */
interface StoredLayer {
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
  readonly diffId?: string;
  readonly said?: Partial<Descriptor>;
}

/** Takes an image in, right or wrong. */
async function hold(
  shelf: Shelf,
  layers: readonly StoredLayer[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Descriptor> {
  const descriptors: Descriptor[] = [];
  for (const { bytes, mediaType = oci.layer, said } of layers) {
    descriptors.push({ ...await shelf.bytes(mediaType, bytes), ...said });
  }
  const diffIds = await Promise.all(
    layers.map(({ bytes, diffId }) => diffId ?? digestOf(bytes)),
  );
  const image = await shelf.json(oci.config, {
    ...{ os: "linux", architecture: "amd64" },
    rootfs: { type: "layers", diff_ids: diffIds },
    ...config,
  });
  const { manifest: mediaType } = oci;
  const manifest = { schemaVersion: 2, mediaType, config: image };
  return await shelf.json(mediaType, { ...manifest, layers: descriptors }, "");
}

/** What is said of one image with one layer. */
async function reportOf(
  layer: StoredLayer,
  config?: Readonly<Record<string, unknown>>,
) {
  const shelf = new Shelf();
  await hold(shelf, [layer], config);
  const { problems, warnings, skipped } = await verify(shelf);
  const lines = (found: typeof problems) =>
    found.map(({ what, why }) => `${what}: ${why}`);
  return {
    problems: lines(problems),
    warnings: lines(warnings),
    skipped: lines(skipped),
  };
}

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

test("a layer may be plain, gzip of many members, or zstd", async () => {
  const gzip = Buffer.concat([
    zlib.gzipSync(tar.subarray(0, 600)),
    zlib.gzipSync(tar.subarray(600)),
  ]);
  const diffId = await digestOf(tar);
  const right = { problems: [], warnings: [], skipped: [] };
  assert.deepEqual(await reportOf({ bytes: tar }), right);
  assert.deepEqual(
    await reportOf({ bytes: gzip, mediaType: oci.layerGzip, diffId }),
    right,
  );
  if ("zstdCompressSync" in zlib) {
    const bytes = zlib.zstdCompressSync(tar);
    assert.deepEqual(
      await reportOf({ bytes, mediaType: `${oci.layer}+zstd`, diffId }),
      right,
    );
  }
});

test("a diffID is that of the whole tar, and of what follows its end", async () => {
  const diffId = await digestOf(tar);
  const longer = Buffer.concat([tar, new Uint8Array(512)]);
  const { problems } = await reportOf({
    bytes: zlib.gzipSync(longer),
    mediaType: oci.layerGzip,
    diffId,
  });
  assert.deepEqual(problems, [
    `layer 1: its diffID is ${await digestOf(longer)}, and the ` +
    `configuration says ${diffId}`,
  ]);
});

test("what cannot be decompressed, and what is no tar, is told once", async () => {
  const cut = zlib.gzipSync(tar).subarray(0, -12);
  const { problems } = await reportOf({
    bytes: cut,
    mediaType: oci.layerGzip,
    diffId: await digestOf(tar),
  });
  assert.deepEqual(problems, [
    "layer 1: the gzip data is damaged or cut off",
  ]);
  const text = new TextEncoder().encode("no tar at all");
  assert.deepEqual((await reportOf({ bytes: text })).problems, [
    "layer 1: it is no tar (at byte 13)",
  ]);
  const short = tar.subarray(0, 512);
  const { problems: both } = await reportOf({
    bytes: short,
    diffId: await digestOf(tar),
  });
  assert.equal(both.length, 2);
  assert.match(both[0] ?? "", /^layer 1: it is cut off/);
  assert.match(both[1] ?? "", /^layer 1: its diffID is /);
});

test("a size that is wrong is told, and a longer blob is not read on", async () => {
  const { problems } = await reportOf({ bytes: tar, said: { size: 1000 } });
  assert.deepEqual(problems, ["layer 1: it is longer than 1000 bytes"]);
  const more = await reportOf({ bytes: tar, said: { size: 100_000 } });
  assert.deepEqual(more.problems, [
    `layer 1: it ended after ${tar.byteLength} of 100000 bytes`,
  ]);
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

test("odd media types and paths are warned of", async () => {
  const up = await createLayer([file("aa/b"), file("aa/c")], {
    compression: "none",
  });
  const bytes = (await readWhole(up)).slice();
  const text = new TextDecoder("latin1").decode(bytes);
  const rename = (from: string, to: string) => {
    const at = text.indexOf(`${from}\0`);
    const sum = [...from].reduce(
      (n, c, i) => n + to.charCodeAt(i) - c.charCodeAt(0),
      0,
    );
    bytes.set(new TextEncoder().encode(to), at);
    const field = bytes.subarray(at + 148, at + 156);
    const old = parseInt(new TextDecoder().decode(field), 8);
    const octal = (old + sum).toString(8).padStart(6, "0");
    field.set(new TextEncoder().encode(`${octal}\0 `));
  };
  rename("aa/b", "../b");
  rename("aa/c", "aa//");
  const { problems, warnings } = await reportOf({
    bytes,
    mediaType: oci.layerGzip,
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(warnings, [
    "layer 1: its media type says that its compression is gzip, and it is none",
    'layer 1: the path "../b" leads out of the image, or is no path',
    'layer 1: the path "aa//" occurs twice',
  ]);
});

test("a layer of an unknown kind is warned of, and its bytes are verified", async () => {
  const shelf = new Shelf();
  const mediaType = `${oci.layer}+brotli`;
  const digest = await digestOf(Uint8Array.of(1));
  const strange = { bytes: Uint8Array.of(1), mediaType };
  await hold(shelf, [{ bytes: tar }, strange]);
  const { problems, warnings } = await verify(shelf);
  assert.deepEqual(problems, []);
  assert.deepEqual(warnings, [{
    what: "layer 2",
    digest,
    why: `its media type, ${mediaType}, is not known here`,
  }]);
  shelf.contents.set(digest, Uint8Array.of(2));
  const [problem] = (await verify(shelf)).problems;
  assert.equal(problem?.digest, digest);
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

test("layers that are to be had elsewhere are named", async () => {
  const shelf = new Shelf();
  const mediaType =
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
  const bytes = zlib.gzipSync(tar);
  const diffId = await digestOf(tar);
  await hold(shelf, [{ bytes: tar }, { bytes, mediaType, diffId }]);
  assert.deepEqual((await verify(shelf)).skipped, []);
  const digest = await digestOf(bytes);
  shelf.contents.delete(digest);
  const { problems, skipped } = await verify(shelf);
  assert.deepEqual({ problems, skipped }, {
    problems: [],
    skipped: [{ what: "layer 2", digest, why: `it lacks ${digest}` }],
  });
});

test("a gigabyte of zeros in a megabyte is read in little memory", async () => {
  const block = new Uint8Array(16 * 1024 * 1024);
  const member = zlib.gzipSync(block, { level: 1 });
  const bytes = Buffer.concat(Array.from({ length: 64 }, () => member));
  const zeros =
    `sha256:${"49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14"}`;
  const before = process.memoryUsage().rss;
  const { problems } = await reportOf({
    bytes,
    mediaType: oci.layerGzip,
    diffId: zeros,
  });
  assert.deepEqual(problems, []);
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 200 * 1024 * 1024, `${grown} bytes`);
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
