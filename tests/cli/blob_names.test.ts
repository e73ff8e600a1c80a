import assert from "node:assert/strict";
import { test } from "node:test";
import { blobNames } from "../../src/cli/blob_names.ts";
import { imageSize } from "../../src/cli/image_result.ts";
import { blobItem } from "../../src/cli/progress/blob_item.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";

const layer = (path: string) => createLayer([{ type: "directory", path }]);

test("layers, manifests and configurations have names, also those of a base", async () => {
  const below = await Promise.all(["base", "arm", "amd"].map(layer));
  const own = await Promise.all(["own", "shared"].map(layer));
  const [common, arm, amd] = below;
  const [mine, shared] = own;
  assert.ok(common && arm && amd && mine && shared);
  const build = async (architecture: string) => {
    const platform = { os: "linux", architecture };
    const under = [common, architecture === "arm" ? arm : amd];
    const base = await createImage({ layers: under, platform });
    const image = await createImage({ base, layers: [mine, shared] });
    const layers = [`/own (${architecture})`, "/shared"];
    return { image, base, label: architecture, layers };
  };
  const named = [await build("arm"), await build("amd64")];
  const images = named.map(({ image }) => image);
  const index = { ...await createIndex({ images }), images };
  const names = blobNames(index, named);
  const labels = (...of: { readonly digest: string }[]) =>
    of.map(({ digest }) =>
      [...names].find(([name]) => name === digest)?.[1].label
    );
  assert.deepEqual(labels(common, arm, amd, mine, shared), [
    "base 1/2",
    "base 2/2 (arm)",
    "base 2/2 (amd64)",
    "/own (arm)",
    "/shared",
  ]);
  assert.deepEqual(
    labels(
      index.manifest.descriptor,
      ...images.flatMap((image) => [
        image.manifest.descriptor,
        image.config.descriptor,
      ]),
    ),
    [
      "index",
      ...["manifest (arm)", "config (arm)"],
      ...["manifest (amd64)", "config (amd64)"],
    ],
  );
  const { descriptor } = index.manifest;
  const options = { names, activity: "send" } as const;
  const present = blobItem(
    { descriptor, state: "present", bytes: 0 },
    options,
  );
  assert.equal(present.label, "images");
  assert.equal(present.total, imageSize(index));
  assert.equal(present.isMinor, undefined);
  const sent = blobItem({ descriptor, state: "done", bytes: 1 }, options);
  assert.equal(sent.label, "index");
  assert.equal(sent.total, descriptor.size);
  assert.equal(sent.isMinor, true);
});
