import assert from "node:assert/strict";
import { test } from "node:test";
import type { Layer } from "../../../src/image/container_image.ts";
import { createLayer } from "../../../src/image/create_layer.ts";
import { layerRecords } from "../../../src/image/layer_records.ts";
import {
  readImageTree,
  recordsOptions,
} from "../../../src/image/read_image_tree.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import { MediaTypeForeignLayer } from "../../../src/spec/media_types.ts";
import type { Entry } from "../../../src/tar/entry.ts";
import { layerOf, listing, rawLayer } from "./layers.ts";

const file = (path: string, body = "x"): Entry => ({
  type: "file",
  path,
  body,
});

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

test("a hard link that stands before its file is found, one to nothing refused", async () => {
  const early = await rawLayer(
    { path: "b", flag: "1", target: "a" },
    { path: "a", body: "later" },
  );
  const tree = await readImageTree({ layers: [early] });
  assert.equal(await textOf(tree.open("b")), "later");
  for (const target of ["nothing", "../../etc/passwd", "", "dir"]) {
    const lost = await rawLayer(
      { path: "dir", flag: "5" },
      { path: "b", flag: "1", target },
    );
    await assert.rejects(readImageTree({ layers: [lost] }), {
      code: "IMAGE",
      message: `Cannot read the layer ${lost.digest}: the hard link b leads ` +
        `to ${target}, where there is no file`,
    });
  }
});

test("a path that leads out of the image is refused", async () => {
  const layer = await rawLayer({ path: "etc/../../passwd" });
  await assert.rejects(readImageTree({ layers: [layer] }), {
    code: "IMAGE",
    message: `Cannot read the layer ${layer.digest}: the path ` +
      "etc/../../passwd leads out of the image",
  });
  const inside = await rawLayer({ path: "/etc/../a" }, { path: "b/.." });
  assert.deepEqual(listing(await readImageTree({ layers: [inside] })), [
    "- / directory",
    "0 /a 0",
  ]);
});

test("a layer that is not what its diffID says is refused", async () => {
  const good = await rawLayer({ path: "a" });
  const other = await rawLayer({ path: "b" });
  const layer: Layer = { ...good, diffId: other.diffId };
  await assert.rejects(readImageTree({ layers: [layer] }), {
    code: "DIGEST_MISMATCH",
    expected: other.diffId,
    actual: good.diffId,
  });
});

test("bytes behind the end of a tar are read too, and belong to the diffID", async () => {
  const good = await rawLayer({ path: "a" });
  const bytes = new Uint8Array(await new Response(good.stream()).arrayBuffer());
  const longer = new Uint8Array(bytes.byteLength + 4096);
  longer.set(bytes);
  longer[longer.length - 1] = 1;
  const layer = await layerOf(longer);
  const read: number[] = [];
  const tree = await readImageTree({ layers: [layer] }, {
    onProgress: (_, bytes) => read.push(bytes),
  });
  assert.ok(tree.find("a"));
  assert.equal(read.at(-1), longer.byteLength);
  await assert.rejects(
    readImageTree({ layers: [{ ...layer, diffId: good.diffId }] }),
    { code: "DIGEST_MISMATCH" },
  );
});

test("a tar that is cut off and compression that is damaged name their layer", async () => {
  const tar = new Uint8Array(
    await new Response((await rawLayer({ path: "a", body: "abc" })).stream())
      .arrayBuffer(),
  );
  const cut = await layerOf(tar.slice(0, 514));
  await assert.rejects(readImageTree({ layers: [cut] }), {
    code: "TAR",
    message:
      /^Cannot read the layer sha256:\w+: it is cut off \(at byte 514\)$/,
  });
  const broken = await layerOf(
    new Uint8Array([31, 139, 8, 0, 0, 0, 0, 0, 1, 1]),
  );
  await assert.rejects(readImageTree({ layers: [broken] }), {
    code: "COMPRESSION",
    message: /^Cannot read the layer sha256:\w+: the gzip data is damaged/,
  });
});

test("a layer that may not be distributed, and is not there, is told of", async () => {
  const layer = await rawLayer({ path: "a" });
  const missing: Layer = {
    ...layer,
    descriptor: {
      mediaType: MediaTypeForeignLayer,
      digest: layer.digest,
      size: 9,
    },
    chunks: () => {
      throw Object.assign(new RangeError("not found"));
    },
  };
  await assert.rejects(readImageTree({ layers: [missing] }), RangeError);
  const refusing: Layer = {
    ...missing,
    chunks: () => {
      throw new ScratchbuildError("Cannot get it: not found", {
        code: "REGISTRY",
      });
    },
  };
  await assert.rejects(readImageTree({ layers: [refusing] }), {
    code: "IMAGE",
    message: `Cannot read the layer ${layer.digest}: it may not be ` +
      "distributed, so only those places have it that its maker named; read " +
      "it from there with --foreign-layers or `foreignLayers` (Cannot get it: " +
      "not found)",
  });
});

test("reading ends when the signal comes", async () => {
  const controller = new AbortController();
  const layer = await createLayer([file("a", "x".repeat(3_000_000))]);
  const bytes = new Uint8Array(
    await new Response(layer.stream()).arrayBuffer(),
  );
  const chunks = () => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  const slow: Layer = { ...layer, chunks };
  await assert.rejects(
    readImageTree({ layers: [slow] }, {
      signal: controller.signal,
      onProgress: (_, bytes) => bytes > 10 && controller.abort(),
    }),
    { code: "ABORTED" },
  );
});

test("open refuses what is no file, at once, and a layer that changes, while it is read", async () => {
  const layer = await rawLayer({ path: "d/a", body: "abc" });
  let bytes = new Uint8Array(await new Response(layer.stream()).arrayBuffer());
  const changing: Layer = { ...layer, chunks: () => [bytes] };
  const tree = await readImageTree({ layers: [changing] }, { hash: true });
  assert.throws(() => tree.open("d"), {
    code: "IMAGE",
    message: "Cannot read d: in the image there is a directory and no file",
  });
  assert.throws(() => tree.open("/no/\u001b"), {
    message: "Cannot read /no/\\u001b: in the image there is nothing",
  });
  bytes = bytes.slice();
  bytes[512] = 0x7a;
  await assert.rejects(textOf(tree.open("d/a")), {
    code: "IMAGE",
    message:
      `Cannot read the layer ${layer.digest}: it was changed while it was read`,
  });
});

test("an image with more than fits in memory is refused", async () => {
  const optionsOf = recordsOptions({});
  const one = optionsOf(await rawLayer({ path: "a" }));
  const other = await rawLayer({ path: "b" });
  one.onWeight?.(2 ** 30);
  assert.throws(() => optionsOf(other).onWeight?.(1), {
    code: "IMAGE",
    message: `Cannot read the layer ${other.digest}: it has more files, or ` +
      "longer names and attributes, than fit in memory",
  });
  let weight = 0;
  await layerRecords(other, { onWeight: (bytes) => weight += bytes });
  assert.ok(weight > 100);
});

test("a path of many thousands of directories is refused, also where links lead there", async () => {
  const deep = "a/".repeat(30_000);
  const expected = { code: "IMAGE", message: /longer names and attributes/ };
  // A long name by GNU tar, and a long target.
  const named = await rawLayer(
    { path: "long", flag: "L", body: `${deep}f` },
    { path: "f" },
  );
  await assert.rejects(readImageTree({ layers: [named] }), expected);
  const links = Array.from({ length: 80 }, (_, at) => [
    { path: "long", flag: "K", body: `${at}/${"a/".repeat(2000)}` },
    { path: `l${at}`, flag: "2" },
    { path: `l${at}/f` },
  ]);
  const linked = await rawLayer(...links.flat());
  await assert.rejects(readImageTree({ layers: [linked] }), expected);
});

test("a link to a path that is longer than paths can be is not followed", async () => {
  const layer = await rawLayer(
    { path: "long", flag: "K", body: "a/".repeat(30_000) },
    { path: "l", flag: "2" },
    { path: "l/f", body: "text" },
  );
  const tree = await readImageTree({ layers: [layer] });
  assert.deepEqual(listing(tree), [
    "- / directory",
    "- /l directory",
    "0 /l/f 4",
  ]);
});
