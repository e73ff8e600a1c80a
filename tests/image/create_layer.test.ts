import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  bytesSource,
  iterateStream,
  streamOf,
} from "../../src/bytes/byte_source.ts";
import { blobSpool, type Spool } from "../../src/bytes/spool.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import type { Compression } from "../../src/compression/compress.ts";
import {
  createLayer,
  type LayerOptions,
} from "../../src/image/create_layer.ts";
import { createLayerFromTar } from "../../src/image/create_layer_from_tar.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import type { Entry } from "../../src/tar/entry.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";
import { readLayer } from "./read_layer.ts";

const ENTRIES: Entry[] = [
  { type: "file", path: "a/b", body: new Blob(["content\n"]) },
  { type: "symlink", path: "l", target: "a/b" },
];

const read = async (source: { stream(): ReadableStream<Uint8Array> }) =>
  Buffer.from(await new Response(source.stream()).arrayBuffer());

for (const compression of ["gzip", "gzip:stream", "none"] as Compression[]) {
  test(`a layer with ${compression} tells the truth about its bytes`, async () => {
    const layer = await createLayer(ENTRIES, { compression });
    const bytes = await read(layer);
    const tar = compression === "none" ? bytes : gunzipSync(bytes);
    assert.equal(layer.digest, await digestOf(bytes));
    assert.equal(layer.size, bytes.length);
    assert.equal(layer.diffId, await digestOf(tar));
    assert.equal(layer.tarSize, tar.length);
    assert.ok((await read(layer)).equals(bytes), "it can be read again");
    await layer[Symbol.asyncDispose]();
  });
}

test("golden: the digests of a layer", async () => {
  const { digest, diffId } = await createLayer(ENTRIES);
  assert.deepEqual([digest, diffId], [
    "sha256:0c42a6972e1797731bb5a023925d021db183603d61ffd316b8fb0bf4c5e03cc4",
    "sha256:8def81a51c6f4339953db8c0000e445e86aa1c13a7c3f42ffbd6ccc9710f4a49",
  ]);
});

test("entries may come from an async iterable", async () => {
  async function* entries() {
    yield* ENTRIES;
  }
  const [a, b] = [await createLayer(entries()), await createLayer(ENTRIES)];
  assert.equal(a.digest, b.digest);
});

/** A spool that remembers what it took, and what of that was disposed of. */
function watchedSpool() {
  const spools = { taken: 0, freed: 0 };
  const spool: Spool = async (stream) => {
    const bytes = await blobSpool(stream);
    spools.taken++;
    return {
      size: bytes.size,
      stream: () => bytes.stream(),
      [Symbol.asyncDispose]: () => {
        spools.freed++;
        return Promise.resolve();
      },
    };
  };
  return { spools, spool };
}

const streamOfText = (...texts: string[]) =>
  streamOf(texts.map((text) => new TextEncoder().encode(text)));

test("bodies of every kind give the same layer", async () => {
  const bodies = [
    "content\n",
    new TextEncoder().encode("content\n"),
    new Blob(["content\n"]),
    streamOfText("cont", "ent\n"),
  ];
  const { digest } = await createLayer(ENTRIES);
  for (const body of bodies) {
    const layer = await createLayer([
      { type: "file", path: "a/b", body },
      ENTRIES[1]!,
    ]);
    assert.equal(layer.digest, digest);
  }
});

test("streams are read when their entries come, and freed at the end", async () => {
  const { spools, spool } = watchedSpool();
  const seen: string[] = [];
  function* body(path: string) {
    yield new TextEncoder().encode(path);
    seen.push(path);
  }
  function* entries(): Generator<Entry> {
    for (const path of ["b", "a", "c"]) {
      yield { type: "file", path, body: streamOf(body(path)) };
      assert.equal(seen.at(-1), path);
    }
  }
  const layer = await createLayer(entries(), {
    spool,
    onArranged: (entries) => {
      assert.deepEqual(entries.map(({ path }) => path), ["a", "b", "c"]);
      assert.equal(spools.freed, 0);
    },
  });
  assert.deepEqual(
    (await readLayer(layer)).map(({ content }) => content),
    ["a", "b", "c"],
  );
  // One place for all streams: a process may have only so many files open.
  assert.deepEqual(spools, { taken: 2, freed: 1 });
  await layer[Symbol.asyncDispose]();
  assert.equal(spools.freed, 2);
});

test("streams that were kept are freed when the layer fails", async () => {
  const { spools, spool } = watchedSpool();
  const first: Entry = { type: "file", path: "a", body: streamOfText("a") };
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("cut off")),
  });
  await assert.rejects(
    createLayer([first, { type: "file", path: "d/b", body: broken }], {
      spool,
    }),
    {
      name: "LayerError",
      path: "d/b",
      message: "Cannot pack d/b: its content cannot be read: cut off",
    },
  );
  assert.equal(spools.taken, spools.freed);
});

test("a spool that is full says so, also while streams are read", async () => {
  const spool: Spool = async (stream) => {
    for await (const _ of iterateStream(stream)) break;
    throw new ScratchbuildError("Cannot write: the disk is full", {
      code: "LAYER",
    });
  };
  await assert.rejects(
    createLayer([
      { type: "file", path: "a", body: streamOfText("a", "b", "c") },
    ], { spool }),
    { message: "Cannot write: the disk is full" },
  );
});

test("a stream that was read before is refused", async () => {
  const body = streamOfText("a");
  await new Response(body).text();
  await assert.rejects(createLayer([{ type: "file", path: "f", body }]), {
    name: "LayerError",
    path: "f",
  });
});

test("a signal ends the reading of a stream", async () => {
  const controller = new AbortController();
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      stream.enqueue(new Uint8Array(1));
      controller.abort();
    },
    cancel: () => {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  await assert.rejects(
    createLayer([{ type: "file", path: "endless", body }], {
      signal: controller.signal,
    }),
    { code: "ABORTED" },
  );
  assert.equal(cancelled, true);
});

test("layers know those below them", async () => {
  const below = new LowerLayers();
  const options: LayerOptions = {
    lower: (path) => below.find(path),
    onArranged: (entries) => below.add(entries),
  };
  await createLayer([
    { type: "directory", path: "srv", mode: 0o2750, uid: 33 },
    { type: "symlink", path: "www", target: "srv" },
  ], options);
  await createLayer([{ type: "file", path: "www/index", body: "" }], {
    ...options,
    onArranged: (entries) =>
      assert.deepEqual(
        entries.map(({ path, mode, uid }) => [path, mode, uid]),
        [["srv", 0o2750, 33], ["srv/index", 0o644, 0]],
      ),
  });
});

test("a layer of a tar is that tar, however it arrives", async () => {
  const tar = await read(await createLayer(ENTRIES, { compression: "none" }));
  const bytes = new Uint8Array(tar);
  const pieces = [
    bytes.slice(0, 100),
    bytes.slice(100, 1000),
    bytes.slice(1000),
  ];
  const layers = [
    await createLayerFromTar(bytes),
    await createLayerFromTar(streamOf(pieces)),
    await createLayerFromTar(new Blob([bytes])),
  ];
  for (const layer of layers) {
    assert.equal(layer.digest, layers[0]?.digest);
    assert.ok(gunzipSync(await read(layer)).equals(tar));
  }
});

test("progress tells the bytes of tar and their number from the start", async () => {
  const body = bytesSource(new Uint8Array(3_000_001));
  const entries: Entry[] = [
    ...ENTRIES,
    { type: "file", path: "☃", body },
    { type: "file", path: "n".repeat(300), body, uid: 3_000_000 },
  ];
  const seen: [bytes: number, total?: number][] = [];
  const { tarSize } = await createLayer(entries, {
    onProgress: (...progress) => seen.push(progress),
  });
  assert.ok(seen.length > 2);
  assert.ok(seen.every(([, total]) => total === tarSize));
  assert.equal(seen.at(-1)?.[0], tarSize);
});

test("a signal that is aborted stops the work", async () => {
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(
    createLayer(ENTRIES, { signal: controller.signal }),
    { code: "ABORTED" },
  );
});

test("a signal stops the work in the middle and ends the reading", async () => {
  const controller = new AbortController();
  let ended = false;
  const body = {
    size: 1 << 30,
    stream: () => {
      throw new Error("not used");
    },
    async *chunks() {
      try {
        while (true) {
          controller.abort();
          yield new Uint8Array(1 << 20);
        }
      } finally {
        ended = true;
      }
    },
  };
  await assert.rejects(
    createLayer([{ type: "file", path: "endless", body }], {
      signal: controller.signal,
    }),
    { code: "ABORTED" },
  );
  assert.equal(ended, true);
});

test("a timer has its turn while synchronous sources are packed", async () => {
  const controller = new AbortController();
  const chunk = new Uint8Array(1 << 20);
  function* chunks() {
    for (let left = 1 << 10; left > 0; left--) yield chunk;
  }
  const body = { size: 1 << 30, stream: () => streamOf(chunks()), chunks };
  setTimeout(() => controller.abort(), 1);
  await assert.rejects(
    createLayer([{ type: "file", path: "f", body }], {
      compression: "none",
      signal: controller.signal,
    }),
    { code: "ABORTED" },
  );
});

test("a signal ends the listing of entries", async () => {
  const controller = new AbortController();
  let listed = 0;
  function* entries(): Generator<Entry> {
    while (true) {
      if (++listed === 10) controller.abort();
      yield { type: "directory", path: `d${listed}` };
    }
  }
  await assert.rejects(
    createLayer(entries(), { signal: controller.signal }),
    { code: "ABORTED" },
  );
  assert.equal(listed, 10);
});

test("a signal ends the wait for an entry that never comes", async () => {
  const controller = new AbortController();
  async function* entries(): AsyncGenerator<Entry> {
    yield* ENTRIES;
    controller.abort();
    await new Promise(() => {});
  }
  await assert.rejects(
    createLayer(entries(), { signal: controller.signal }),
    { code: "ABORTED" },
  );
});

test("a codec that does not exist is refused before entries are listed", async () => {
  const entries = {
    [Symbol.iterator]: () => {
      throw new Error("listed");
    },
  };
  await assert.rejects(createLayer(entries, { level: 99 }), {
    code: "COMPRESSION",
  });
});

test("a tar that is shorter than its source says is refused", async () => {
  const source = { size: 2048, stream: () => new Blob(["short"]).stream() };
  await assert.rejects(createLayerFromTar(source), {
    code: "LAYER",
    message: /has 5 bytes, and 2048 were announced/,
  });
});

test("the layer of an empty tar is gzip all the same", async () => {
  const layer = await createLayerFromTar(new Uint8Array());
  assert.equal(gunzipSync(await read(layer)).length, 0);
  assert.equal(layer.diffId, await digestOf(new Uint8Array()));
});

test("an error of an entry is the error of the layer", async () => {
  const body = { size: 2, stream: () => new Blob(["a"]).stream() };
  await assert.rejects(createLayer([{ type: "file", path: "f", body }]), {
    name: "LayerError",
    path: "f",
  });
});
