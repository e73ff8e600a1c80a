import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import { test } from "node:test";
import * as zlib from "node:zlib";
import { digestOf } from "../../src/bytes/sha256.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { readWhole } from "../../src/bytes/read_whole.ts";
import { verify } from "../../src/transfer/verify.ts";
import { rawLayer } from "../image/tree/layers.ts";
import { Shelf } from "./shelf.ts";
import { hold, reportOf, tar } from "./stored_image.ts";

const { oci } = mediaTypes;
const file = (path: string) => ({ type: "file", path, body: path }) as const;

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

test("a layer of nothing but long paths does not fill the memory", async () => {
  const longs = Array.from({ length: 20 }, (_, at) => [
    { path: "long", flag: "L", body: `${at}${"/x".repeat(500_000)}` },
    { path: "f" },
  ]);
  const layer = await rawLayer(...[...longs, ...longs].flat());
  const bytes = await readWhole(layer);
  const { problems, warnings } = await reportOf({ bytes });
  assert.deepEqual(problems, []);
  // What was not held is not found to be there twice.
  assert.equal(warnings.at(-1), "layer 1: there are 6 more such paths");
});
