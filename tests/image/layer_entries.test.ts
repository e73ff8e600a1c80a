import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type ByteSource, streamOf } from "../../src/bytes/byte_source.ts";
import { readWhole } from "../../src/bytes/read_whole.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { layerEntries } from "../../src/image/layer_entries.ts";

const layer = await createLayer(
  ["a", "b", "c"].map((path) => ({
    type: "file" as const,
    path,
    body: path.repeat(2000),
  })),
  { compression: "none" },
);
const tar = await readWhole(layer);

/** A source that tells how it was left. */
function watched(bytes: Uint8Array, failure?: Error) {
  const left = { read: 0, ended: 0 };
  const chunks = async function* () {
    try {
      for (let at = 0; at < bytes.byteLength; at += 512) {
        await Promise.resolve();
        yield bytes.slice(at, at + 512);
        left.read++;
      }
      if (failure) throw failure;
    } finally {
      left.ended++;
    }
  };
  const source: ByteSource = {
    size: bytes.byteLength,
    chunks,
    stream: () => streamOf(chunks()),
  };
  return { source, left };
}

for (const kind of ["plain", "compressed"] as const) {
  const bytes = kind === "plain" ? tar : new Uint8Array(gzipSync(tar));

  test(`a layer is read to its last byte: ${kind}`, async () => {
    const { source, left } = watched(bytes);
    const paths: string[] = [];
    let told = 0;
    let unpacked = 0;
    const reading = layerEntries(source, {
      onBytes: (bytes) => told = bytes,
      onTar: ({ byteLength }) => unpacked += byteLength,
    });
    for await (const { path } of reading) paths.push(path);
    assert.deepEqual(paths, ["a", "b", "c"]);
    assert.equal(told, bytes.byteLength);
    assert.equal(unpacked, tar.byteLength);
    assert.equal(left.read, Math.ceil(bytes.byteLength / 512));
    assert.equal(left.ended, 1);
  });

  test(`who leaves early ends the reading: ${kind}`, async () => {
    const { source, left } = watched(bytes);
    for await (const _ of layerEntries(source)) break;
    assert.equal(left.ended, 1);
    const other = watched(tar);
    const fail = async () => {
      for await (const { body } of layerEntries(other.source)) {
        for await (const _ of body) throw new Error("no more");
      }
    };
    await assert.rejects(fail, /no more/);
    assert.equal(other.left.ended, 1);
    assert.ok(other.left.read < 5);
  });

  test(`what the source says counts for more than what it leads to: ${kind}`, async () => {
    const damaged = bytes.slice();
    // The sum of a header, or the data of gzip.
    damaged.set([0xff, 0xff, 0xff], kind === "plain" ? 148 : 40);
    const read = async (failure?: Error) => {
      const { source, left } = watched(damaged, failure);
      try {
        for await (const _ of layerEntries(source));
      } finally {
        assert.equal(left.ended, 1);
      }
    };
    await assert.rejects(read(new Error("another digest")), /another digest/);
    await assert.rejects(read(), { name: /Error$/ });
  });
}

test("a signal ends the reading", async () => {
  const { source, left } = watched(tar);
  const stop = new AbortController();
  const read = async () => {
    const { signal } = stop;
    const reading = layerEntries(source, { work: "look at it", signal });
    for await (const _ of reading) stop.abort();
  };
  await assert.rejects(read, { code: "ABORTED", message: /look at it/ });
  assert.equal(left.ended, 1);
});
