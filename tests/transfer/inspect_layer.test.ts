import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource } from "../../src/bytes/byte_source.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { inspectLayer } from "../../src/transfer/inspect_layer.ts";

const file = (path: string, size: number) => ({
  type: "file" as const,
  path,
  body: new Blob([new Uint8Array(size)]),
});

test("a layer that is read tells its biggest files", async () => {
  const layer = await createLayer([
    file("a/one", 1),
    file("a/three", 3000),
    file("b/two", 20),
    file("b/same", 20),
    { type: "symlink", path: "c", target: "a/three" },
    { type: "whiteout", path: "etc/passwd" },
    { type: "opaque", path: "var" },
  ]);
  const { unpackedSize, contents } = await inspectLayer(layer, 3);
  assert.equal(unpackedSize, layer.tarSize);
  // Besides what was given: the directories a, b, etc and var.
  assert.deepEqual(contents, {
    entries: 11,
    whiteouts: 2,
    biggest: [
      { path: "a/three", size: 3000 },
      { path: "b/same", size: 20 },
      { path: "b/two", size: 20 },
    ],
  });
  assert.deepEqual((await inspectLayer(layer, 0)).contents.biggest, []);
});

test("a layer is read to its end, behind that of the tar too", async () => {
  const layer = await createLayer([file("a", 1)], { compression: "none" });
  const tar = new Uint8Array(await new Response(layer.stream()).arrayBuffer());
  const padded = new Uint8Array(tar.byteLength + 10_000);
  padded.set(tar);
  let opened = 0;
  let ended = 0;
  const source = {
    size: padded.byteLength,
    stream() {
      opened++;
      let at = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at < padded.byteLength) {
            controller.enqueue(padded.subarray(at, at += 512));
          } else {
            ended++;
            controller.close();
          }
        },
      });
    },
  };
  const { unpackedSize } = await inspectLayer(source, 5);
  assert.equal(unpackedSize, padded.byteLength);
  assert.deepEqual([opened, ended], [1, 1]);
});

test("what fails at the end of a layer is not missed", async () => {
  const layer = await createLayer([file("a", 1)]);
  const bytes = new Uint8Array(
    await new Response(layer.stream()).arrayBuffer(),
  );
  const wrong = new Error("another digest");
  const source = {
    size: bytes.byteLength,
    stream: () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(bytes),
        pull: (controller) => controller.error(wrong),
      }, { highWaterMark: 0 }),
  };
  await assert.rejects(inspectLayer(source, 5), wrong);
});

test("a layer that is no tar, or cut off, is refused", async () => {
  const layer = await createLayer([file("a", 100_000)]);
  const bytes = new Uint8Array(
    await new Response(layer.stream()).arrayBuffer(),
  );
  const cases: [bytes: Uint8Array, code: string][] = [
    [new TextEncoder().encode("no tar ".repeat(1000)), "TAR"],
    [bytes.subarray(0, bytes.byteLength - 12), "COMPRESSION"],
  ];
  for (const [bytes, code] of cases) {
    await assert.rejects(
      inspectLayer(bytesSource(bytes), 5),
      (error) => error instanceof ScratchbuildError && error.code === code,
    );
  }
});
