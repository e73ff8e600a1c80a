import assert from "node:assert/strict";
import { test } from "node:test";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import { findImage } from "../../src/transfer/find_image.ts";
import { Shelf } from "./shelf.ts";

const layers = [await createLayer([])];

/** Takes an image in, as an index names it. */
async function held(
  shelf: Shelf,
  text: string,
  author?: string,
): Promise<Descriptor> {
  const platform = parsePlatform(text);
  const image = await createImage({
    layers,
    platform,
    ...(author !== undefined && { author }),
  });
  return { ...await shelf.hold(image), platform };
}

const unnamed = ({ mediaType, digest, size }: Descriptor): Descriptor => ({
  mediaType,
  digest,
  size,
});

test("of several entries for a platform the first is taken (req-033)", async () => {
  const shelf = new Shelf();
  const [first, second] = [
    await held(shelf, "linux/arm64", "first"),
    await held(shelf, "linux/arm64", "second"),
  ];
  const platform = parsePlatform("linux/arm64");
  const other = await held(shelf, "linux/amd64");
  await shelf.index([other, first, second], "a");
  await shelf.index([other, second, first], "b");
  const find = async (name: string) =>
    (await findImage(shelf, { name, platform })).descriptor.digest;
  assert.equal(await find("a"), first.digest);
  assert.equal(await find("b"), second.digest);
});

test("an image is found in nested indexes (req-034)", async () => {
  const shelf = new Shelf();
  const wanted = await held(shelf, "linux/s390x");
  const others = await shelf.index([await held(shelf, "linux/amd64")]);
  const inner = await shelf.index([await held(shelf, "linux/386"), wanted]);
  await shelf.index([others, await shelf.index([inner])], "");
  const platform = parsePlatform("linux/s390x");
  const { descriptor } = await findImage(shelf, { platform });
  assert.equal(descriptor.digest, wanted.digest);
  await assert.rejects(findImage(shelf, { platform: parsePlatform("a/b") }), {
    code: "IMAGE",
    message: "Cannot find the image in shelf: there is none for a/b; " +
      "there are linux/amd64, linux/386, linux/s390x",
  });
});

test("of very many platforms a message lists some", async () => {
  const shelf = new Shelf();
  const image = await held(shelf, "linux/amd64");
  const platforms = Array.from({ length: 1000 }, (_, at) => ({
    ...image,
    platform: { os: "linux", architecture: `a${at}` },
  }));
  await shelf.index(platforms, "");
  await assert.rejects(findImage(shelf), {
    code: "IMAGE",
    message: /there are linux\/a0, linux\/a1, [^…]{1,1000}, …; choose one with/,
  });
});

test("indexes that lie too deep are refused, those in a circle of names are read once", async () => {
  const shelf = new Shelf();
  let level = [await shelf.index([])];
  for (let depth = 0; depth < 6; depth++) {
    const annotated = (n: number) =>
      level.map((child) => ({ ...child, annotations: { n: `${n}` } }));
    level = await Promise.all(
      Array.from({ length: 20 }, (_, n) => shelf.index(annotated(n))),
    );
  }
  await shelf.index(level, "");
  await assert.rejects(findImage(shelf), /it holds no image/);
  assert.equal(new Set(shelf.reads).size, shelf.reads.length);
  let deep = await shelf.index([]);
  for (let depth = 0; depth < 8; depth++) deep = await shelf.index([deep]);
  shelf.names.set("", deep);
  await assert.rejects(findImage(shelf), /its indexes lie more than 8 deep$/);
});

test("an image without a platform is taken where nothing else fits", async () => {
  const shelf = new Shelf();
  const plain = unnamed(await held(shelf, "linux/amd64"));
  const arm = await held(shelf, "linux/arm64");
  await shelf.index([plain, arm], "");
  assert.equal((await findImage(shelf)).descriptor.digest, plain.digest);
  const platform = parsePlatform("linux/arm64");
  const found = await findImage(shelf, { platform });
  assert.equal(found.descriptor.digest, arm.digest);
});

test("the only image there is needs no platform, and attestations are none", async () => {
  const shelf = new Shelf();
  const image = await held(shelf, "linux/riscv64");
  const attestation = {
    ...await shelf.artifact("attestation"),
    platform: { os: "unknown", architecture: "unknown" },
  };
  await shelf.index([attestation, image], "");
  assert.equal((await findImage(shelf)).descriptor.digest, image.digest);
});

test("a manifest that has not the size that its index says is refused", async () => {
  const shelf = new Shelf();
  const image = await held(shelf, "linux/amd64");
  await shelf.index([{ ...image, size: image.size + 1 }], "");
  await assert.rejects(findImage(shelf), {
    code: "IMAGE",
    message: `Cannot find the image in shelf: its index says that ` +
      `${image.digest} is ${image.size + 1} bytes long, and it has ` +
      `${image.size}`,
  });
});

test("what an index says of an image is told, and what was read is not read again", async () => {
  const shelf = new Shelf();
  const image = await held(shelf, "linux/arm");
  const said = parsePlatform("linux/arm/v6");
  await shelf.index([{ ...image, platform: said }], "");
  const root = await shelf.manifest();
  shelf.names.clear();
  assert.deepEqual(
    (await findImage(shelf, { root, platform: said })).said,
    said,
  );
  shelf.names.set("", unnamed(image));
  assert.equal((await findImage(shelf)).said, undefined);
});
