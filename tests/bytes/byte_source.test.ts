import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bytesSource,
  chunksOf,
  iterateStream,
  streamOf,
} from "../../src/bytes/byte_source.ts";

test("a source over bytes can be read twice", async () => {
  const source = bytesSource(new Uint8Array([1, 2, 3]));
  assert.equal(source.size, 3);
  for (let time = 0; time < 2; time++) {
    const bytes = await new Response(source.stream()).arrayBuffer();
    assert.deepEqual(new Uint8Array(bytes), new Uint8Array([1, 2, 3]));
  }
});

test("a Blob is a source", async () => {
  const chunks: number[] = [];
  for await (const chunk of chunksOf(new Blob(["abc"]))) chunks.push(...chunk);
  assert.deepEqual(chunks, [97, 98, 99]);
});

test("a stream takes no more from its iterable than is read", async () => {
  let made = 0;
  function* items() {
    while (true) yield ++made;
  }
  const reader = streamOf(items()).getReader();
  assert.equal((await reader.read()).value, 1);
  assert.equal((await reader.read()).value, 2);
  assert.equal(made, 2);
});

test("cancelling a stream ends the iterator behind it", async () => {
  let ended = false;
  async function* items() {
    try {
      yield 1;
      yield 2;
    } finally {
      ended = true;
    }
  }
  const reader = streamOf(items()).getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(ended, true);
});

test("leaving a loop over a stream cancels the stream", async () => {
  let cancelled = false;
  const stream = new ReadableStream<number>({
    pull: (controller) => controller.enqueue(1),
    cancel: () => void (cancelled = true),
  });
  for await (const _ of iterateStream(stream)) break;
  assert.equal(cancelled, true);
  assert.equal(stream.locked, false);
});

test("the error of an iterable is the error of its stream", async () => {
  const fail = new Error("broken");
  async function* items() {
    yield 1;
    throw fail;
  }
  const read = async () => {
    for await (const _ of iterateStream(streamOf(items())));
  };
  await assert.rejects(read, fail);
});
