import assert from "node:assert/strict";
import { test } from "node:test";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type {
  ImageTarget,
  WriteOptions,
} from "../../src/target/image_target.ts";
import { push } from "../../src/transfer/push.ts";

const image = await createImage({ layers: [await createLayer([])] });
const { digest } = image.manifest.descriptor;

test("push writes the image and says where it is", async () => {
  const seen: unknown[] = [];
  const target: ImageTarget = {
    name: "example.com/app",
    write: (...given) => {
      seen.push(...given);
      return Promise.resolve();
    },
  };
  const options: WriteOptions = { signal: new AbortController().signal };
  assert.deepEqual(await push(image, target, options), {
    digest,
    reference: `example.com/app@${digest}`,
  });
  assert.deepEqual(seen, [image, options]);
});

test("push fails as its target does", async () => {
  const fail = new Error("full");
  const target: ImageTarget = {
    name: "x",
    write: () => Promise.reject(fail),
  };
  await assert.rejects(push(image, target), fail);
});
