import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  ContainerImage,
  Layer,
} from "../../../src/image/container_image.ts";
import { createImage } from "../../../src/image/create_image.ts";
import { createLayer } from "../../../src/image/create_layer.ts";
import { diffImages } from "../../../src/image/diff_images.ts";
import type { Entry } from "../../../src/tar/entry.ts";

const file = (path: string, body: string): Entry => ({
  type: "file",
  path,
  body,
});

/** A layer that counts how often it is read. */
async function counted(...entries: Entry[]) {
  const layer = await createLayer(entries);
  const count = { reads: 0 };
  const stream = () => {
    count.reads++;
    return layer.stream();
  };
  const { digest, diffId, size, encoding, createdBy } = layer;
  const given: Layer = {
    ...{ digest, diffId, size, encoding, createdBy, stream },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { layer: given, count };
}

const imageOf = (...layers: Layer[]): Promise<ContainerImage> =>
  createImage({ layers });

test("images of equal layers are not read, only their configurations", async () => {
  const { layer, count } = await counted(file("a", "1"));
  const before = await createImage({ layers: [layer] });
  const after = await createImage({ layers: [layer], config: { User: "1" } });
  assert.deepEqual(await diffImages(before, after), {
    added: [],
    removed: [],
    changed: [],
    config: [{ name: "User", after: "1" }],
  });
  assert.equal(count.reads, 0);
});

test("a layer that both have is read once, and what covers it is compared with it", async () => {
  const base = await counted(
    file("etc/a", "1"),
    file("etc/b", "2"),
    file("etc/c", "3"),
    { type: "hardlink", path: "etc/hard", target: "etc/c" },
  );
  const one = await counted({ type: "whiteout", path: "etc/b" });
  const other = await counted(file("etc/a", "1"), file("etc/d", "4"), {
    type: "hardlink",
    path: "etc/e",
    target: "etc/d",
  });
  const difference = await diffImages(
    await imageOf(base.layer, one.layer),
    await imageOf(base.layer, other.layer),
  );
  const paths = (items: readonly { path: string }[]) =>
    items.map(({ path }) => path);
  assert.deepEqual(paths(difference.added), ["etc/b", "etc/d", "etc/e"]);
  assert.deepEqual(difference.removed, []);
  // What was written anew is what it was.
  assert.deepEqual(difference.changed, []);
  assert.deepEqual(
    [base, one, other].map(({ count }) => count.reads),
    [1, 1, 1],
  );
});

test("a shared layer that a hard link changes does so in one image only", async () => {
  const base = await counted({ ...file("a", "1"), mode: 0o600 });
  const { layer: link } = await counted({ ...file("b", "2"), mode: 0o644 });
  const difference = await diffImages(
    await imageOf(base.layer),
    await imageOf(base.layer, link),
  );
  assert.deepEqual(difference.changed, []);
  assert.deepEqual(difference.added.map(({ path }) => path), ["b"]);
});

test("how layers are cut makes no difference", async () => {
  const parts = [await counted(file("a", "1")), await counted(file("b", "2"))];
  const whole = await counted(file("a", "1"), file("b", "2"));
  const { config, ...trees } = await diffImages(
    await imageOf(...parts.map(({ layer }) => layer)),
    await imageOf(whole.layer),
  );
  assert.deepEqual(trees, { added: [], removed: [], changed: [] });
  assert.deepEqual(config, []);
});
