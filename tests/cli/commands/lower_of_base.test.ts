import assert from "node:assert/strict";
import { test } from "node:test";
import { lowerOfBase } from "../../../src/cli/commands/lower_of_base.ts";
import type { ProgressItem } from "../../../src/cli/progress/progress_item.ts";
import { createImage } from "../../../src/image/create_image.ts";
import { createLayer } from "../../../src/image/create_layer.ts";

const layers = await Promise.all(
  ["a", "b"].map((path) => createLayer([{ type: "directory", path }])),
);

test("that a base is read shows while it is, and only where it is", async () => {
  const items: ProgressItem[] = [];
  const options = {
    signal: new AbortController().signal,
    reporter: {
      update: (item: ProgressItem) => void items.push(item),
      note: assert.fail,
      stop: assert.fail,
    },
    warn: assert.fail,
  };
  const base = await createImage({ layers });
  const image = { base, layers: [], options: {}, label: "linux/arm64" };
  const lower = lowerOfBase(image, options) ?? assert.fail();
  assert.equal(items.length, 0);
  assert.equal((await lower("b"))?.isKept, true);
  assert.deepEqual(
    items.filter(({ state }) => state === "done"),
    layers.map((layer, index) => ({
      id: `read ${layer.digest} linux/arm64`,
      activity: "read",
      label: `base ${index + 1}/2 (linux/arm64)`,
      state: "done",
      bytes: layer.size,
      total: layer.size,
      isMinor: true,
    })),
  );
  const { base: _, ...without } = image;
  assert.equal(lowerOfBase(without, options), undefined);
});
