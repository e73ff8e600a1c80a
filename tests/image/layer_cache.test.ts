import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { type ByteSource, bytesSource } from "../../src/bytes/byte_source.ts";
import type { Layer } from "../../src/image/container_image.ts";
import {
  createLayer,
  type LayerOptions,
} from "../../src/image/create_layer.ts";
import { createLayerFromTar } from "../../src/image/create_layer_from_tar.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import type { Entry } from "../../src/tar/entry.ts";
import { memoryCache } from "./memory_cache.ts";

const read = async (source: { stream(): ReadableStream<Uint8Array> }) =>
  Buffer.from(await new Response(source.stream()).arrayBuffer());

/** A file as it would be on a disk, which tells its version. */
class Disk {
  opened = 0;
  readonly #contents = new Map<string, { text: string; version: number }>();

  write(name: string, text: string, version = 1): void {
    this.#contents.set(name, { text, version });
  }

  /** What is there now. */
  body(name: string, isCoarse = false): ByteSource {
    const listed = this.#contents.get(name) ?? assert.fail(name);
    const now = () => {
      this.opened++;
      return bytesSource(
        new TextEncoder().encode(this.#contents.get(name)?.text ?? ""),
      );
    };
    return {
      size: listed.text.length,
      version: { text: `${name} ${listed.version}`, isCoarse },
      stream: () => now().stream(),
    };
  }

  entries(): Entry[] {
    return [...this.#contents.keys()].map((path) => ({
      type: "file",
      path,
      body: this.body(path),
    }));
  }
}

/** Some files of more than one block together. */
function fullDisk(): Disk {
  const disk = new Disk();
  for (const name of ["a", "b", "c", "d"]) {
    disk.write(name, name.repeat(700_000));
  }
  return disk;
}

test("an unchanged tree is not read again, and its bytes are the same", async () => {
  const disk = fullDisk();
  const cache = memoryCache();
  const plain = await createLayer(disk.entries());
  const first = await createLayer(disk.entries(), { cache });
  disk.opened = 0;
  const again = await createLayer(disk.entries(), { cache, createdBy: "me" });
  assert.equal(disk.opened, 0);
  for (const layer of [first, again]) {
    assert.equal(layer.digest, plain.digest);
    assert.equal(layer.diffId, plain.diffId);
    assert.equal(layer.size, plain.size);
    assert.equal(layer.tarSize, plain.tarSize);
  }
  assert.equal(again.createdBy, "me");
  assert.ok((await read(again)).equals(await read(plain)));
  assert.ok((await read(again)).equals(await read(plain)), "once more");
  assert.equal(disk.opened, 0);
  await again[Symbol.asyncDispose]();
});

test("a tree that is not compressed is not read until its bytes are wanted", async () => {
  const disk = fullDisk();
  const options: LayerOptions = { cache: memoryCache(), compression: "none" };
  const first = await createLayer(disk.entries(), options);
  disk.opened = 0;
  const again = await createLayer(disk.entries(), options);
  assert.equal(again.digest, first.digest);
  assert.equal(disk.opened, 0);
  assert.ok((await read(again)).equals(await read(first)));
  await again[Symbol.asyncDispose]();
});

test("of a tree that has changed, only the blocks that did are compressed", async () => {
  const disk = fullDisk();
  for (const jobs of [1, 2]) {
    const cache = memoryCache();
    await createLayer(disk.entries(), { cache, jobs });
    const before = cache.misses();
    disk.write("c", String(jobs).repeat(700_000), 1 + jobs);
    const changed = await createLayer(disk.entries(), { cache, jobs });
    assert.equal(cache.misses(), before + 1);
    const plain = await createLayer(disk.entries());
    assert.equal(changed.digest, plain.digest);
    assert.ok((await read(changed)).equals(await read(plain)));
  }
});

test("all that changes the bytes of a layer is in its key", async () => {
  const body = new Disk();
  body.write("a", "content");
  const file: Entry = { type: "file", path: "a", body: body.body("a") };
  const link: Entry = { type: "symlink", path: "l", target: "a" };
  const all: [string, Entry[], LayerOptions?][] = [
    ["nothing", [file, link]],
    ["path", [{ ...file, path: "b" }, link]],
    ["type", [{ type: "fifo", path: "a" }, link]],
    ["target", [file, { ...link, target: "b" }]],
    ["mode", [{ ...file, mode: 0o600 }, link]],
    ["owner", [{ ...file, uid: 1 }, link]],
    ["group", [{ ...file, gid: 1 }, link]],
    ["time", [{ ...file, mtime: 1 }, link]],
    ["nanoseconds", [{ ...file, mtimeNanoseconds: 1 }, link]],
    ["xattr", [{ ...file, xattrs: { "user.a": Uint8Array.of(1) } }, link]],
    ["its value", [{ ...file, xattrs: { "user.a": Uint8Array.of(2) } }, link]],
    ["its name", [{ ...file, xattrs: { "user.b": Uint8Array.of(1) } }, link]],
    ["device", [file, link, {
      type: "block-device",
      path: "x",
      major: 1,
      minor: 2,
    }]],
    ["its number", [file, link, {
      type: "block-device",
      path: "x",
      major: 1,
      minor: 3,
    }]],
    ["prefix", [file, link], { prefix: "/srv" }],
    ["owner of all", [file, link], { owner: { uid: 5, gid: 0 } }],
    ["time of all", [file, link], { mtime: 5 }],
    ["mask", [file, link], { mode: { add: 0o011 } }],
    ["filter", [file, link], { filter: ({ type }) => type === "file" }],
    ["level", [file, link], { level: 1 }],
    ["no compression", [file, link], { compression: "none" }],
  ];
  const cache = memoryCache();
  const digests = new Map<string, string>();
  for (const [what, entries, options] of all) {
    const before = cache.records.size;
    const { digest } = await createLayer(entries, { ...options, cache });
    assert.equal(cache.records.size, before + 1, what);
    const plain = await createLayer(entries, { ...options });
    assert.equal(digest, plain.digest, what);
    digests.set(digest, what);
  }
  // What differs only in its level may come to the same.
  assert.ok(digests.size >= all.length - 1);
  // A parent in the layer below decides on the parent in this one.
  const lower = () => ({ type: "directory", mode: 0o700 }) as const;
  const options = { prefix: "/srv", lower, cache };
  const before = cache.records.size;
  await createLayer([file, link], options);
  assert.equal(cache.records.size, before + 1, "lower");
});

test("what has no version, or none that can be trusted, is read", async () => {
  const disk = new Disk();
  disk.write("a", "content");
  const { version: _, ...unknown } = disk.body("a");
  for (const body of [unknown, disk.body("a", true), "content"]) {
    const cache = memoryCache();
    const entries: Entry[] = [{ type: "file", path: "a", body }];
    await createLayer(entries, { cache });
    assert.equal(cache.records.size, 0);
  }
  const cache = memoryCache();
  const entries: Entry[] = [
    { type: "file", path: "a", body: disk.body("a", true) },
    { type: "file", path: "b", body: disk.body("a", false) },
  ];
  await createLayer(entries, { cache });
  assert.equal(cache.records.size, 1);
  await createLayer(entries, { cache, compression: "gzip:stream" });
  assert.equal(cache.records.size, 1);
});

test("a block that is gone is made again, from the bytes as they were", async () => {
  const disk = fullDisk();
  const cache = memoryCache();
  const first = await createLayer(disk.entries(), { cache });
  const blocks = [...cache.kept.keys()];
  assert.ok(blocks.length > 2);
  for (const gone of blocks) {
    const bytes = cache.kept.get(gone) ?? assert.fail();
    const again = await createLayer(disk.entries(), { cache });
    cache.kept.delete(gone);
    assert.ok((await read(again)).equals(await read(first)));
    await again[Symbol.asyncDispose]();
    cache.kept.set(gone, bytes);
  }
});

test("what was changed between the listing and the sending is an error", async () => {
  const disk = fullDisk();
  const cache = memoryCache();
  await createLayer(disk.entries(), { cache });
  const again = await createLayer(disk.entries(), { cache });
  cache.kept.clear();
  disk.write("a", "A".repeat(700_000));
  await assert.rejects(read(again), (error) => {
    assert.ok(error instanceof ScratchbuildError);
    assert.match(error.message, /was changed meanwhile\. Try again$/);
    return true;
  });
  await again[Symbol.asyncDispose]();
});

test("what a block was replaced by does not go out", async () => {
  const disk = fullDisk();
  const cache = memoryCache();
  await createLayer(disk.entries(), { cache });
  for (const [key, bytes] of cache.kept) {
    cache.kept.set(key, bytes.map((byte) => byte ^ 1));
  }
  const again = await createLayer(disk.entries(), { cache });
  await assert.rejects(read(again), { code: "LAYER" });
});

/** A layer as it is in a registry. */
function inRegistry(layer: Layer, stream: () => ReadableStream): Layer {
  const { digest, diffId, size, encoding } = layer;
  return {
    digest,
    diffId,
    size,
    encoding,
    stream,
    createdBy: "there",
    origin: { registry: "ghcr.io", repository: "me/app" },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

test("a layer that is reused is known the next time, without what it came to", async () => {
  const disk = fullDisk();
  const first = await createLayer(disk.entries(), { level: 1 });
  const there = inRegistry(first, () => first.stream());
  const cache = memoryCache();
  const options = { cache, reuse: () => [there] };
  assert.equal(
    (await createLayer(disk.entries(), options)).digest,
    first.digest,
  );
  assert.equal(cache.kept.size, 0);
  disk.opened = 0;
  const again = await createLayer(disk.entries(), options);
  assert.equal(again.digest, first.digest);
  assert.equal(disk.opened, 0);
  const plain = await createLayer(disk.entries());
  const elsewhere = await createLayer(disk.entries(), { cache });
  assert.equal(elsewhere.digest, plain.digest);
});

test("where most blocks are in the cache, a layer is read once, and reused", async () => {
  const disk = fullDisk();
  const cache = memoryCache();
  await createLayer(disk.entries(), { cache });
  disk.write("d", "D".repeat(700_000), 2);
  const first = await createLayer(disk.entries(), { level: 1 });
  const there = inRegistry(first, () => first.stream());
  disk.opened = 0;
  const layer = await createLayer(disk.entries(), {
    cache,
    reuse: () => [there],
  });
  assert.equal(layer.digest, first.digest);
  // The first one twice, to see that it is there.
  assert.equal(disk.opened, 5);
});

test("a reused layer that turns out to be gone is made after all", async () => {
  const disk = fullDisk();
  const first = await createLayer(disk.entries());
  const gone = () =>
    new ReadableStream({
      start: (controller) => controller.error(new Error("404")),
    });
  const reuse = () => [inRegistry(first, gone)];
  const layer = await createLayer(disk.entries(), { reuse });
  assert.ok((await read(layer)).equals(await read(first)));
  await layer[Symbol.asyncDispose]();
  const other = await createLayer(disk.entries(), { level: 1 });
  const unlike = await createLayer(disk.entries(), {
    reuse: () => [inRegistry(other, gone)],
  });
  await assert.rejects(read(unlike), /404/);
  await unlike[Symbol.asyncDispose]();
});

test("blocks of a tar that is taken as it is come from the cache", async () => {
  const disk = fullDisk();
  const tar = new Uint8Array(
    await read(await createLayer(disk.entries(), { compression: "none" })),
  );
  const cache = memoryCache();
  const first = await createLayerFromTar(tar, { cache });
  const misses = cache.misses();
  const again = await createLayerFromTar(tar, { cache });
  assert.equal(cache.misses(), misses);
  assert.equal(again.digest, first.digest);
  assert.equal(again.digest, (await createLayerFromTar(tar)).digest);
  const told: string[] = [];
  await createLayerFromTar(tar, {
    cache,
    reuse: () => [inRegistry(first, () => first.stream())],
    onEntry: ({ path }) => void told.push(path),
  });
  assert.deepEqual(told, ["a", "b", "c", "d"]);
});
