import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { baseLower } from "../../src/image/base_lower.ts";
import {
  createLayerFromTar,
  type TarLayerOptions,
} from "../../src/image/create_layer_from_tar.ts";
import type { LayerWarning } from "../../src/tar/layer_warning.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";
import { baseLayer, baseTar } from "./base_layer.ts";
import { readLayer } from "./read_layer.ts";

const BASE = baseTar([
  ["etc/", { mode: "750" }],
  ["srv/", { mode: "755", owner: [5, 6] }],
  ["opt/", { mode: "755" }],
  ["bin", { type: "2", target: "usr/bin" }],
]);

const TAR = baseTar([
  ["./etc/", { mode: "700", owner: [1, 1] }],
  ["./etc/x"],
  ["./opt/", { mode: "755" }],
  ["./srv/", { mode: "755" }],
  ["./new/", { mode: "700" }],
]);

/** Layers on the base, and what is said of them. */
function onBase() {
  const below = new LowerLayers(baseLower([baseLayer(BASE)]));
  const warnings: LayerWarning[] = [];
  const options: TarLayerOptions = {
    lower: below.find.bind(below),
    onArranged: below.add.bind(below),
    onWarning: (warning) => warnings.push(warning),
  };
  return { below, warnings, options };
}

test("a tar that is taken byte for byte changes directories of a base", async () => {
  const { below, warnings, options } = onBase();
  const tar = new Uint8Array(Buffer.concat(TAR));
  const layer = await createLayerFromTar(tar, options);
  assert.equal(layer.diffId, baseLayer(TAR).diffId);
  assert.deepEqual(warnings.map(({ path, code }) => [path, code]), [
    ["etc", "TAR"],
  ]);
  assert.match(
    warnings[0]?.message ?? "",
    /gives etc, srv another mode or owner than the base image has/,
  );
  const etc = await below.find("etc");
  assert.deepEqual([etc?.mode, etc?.uid, etc?.isKept], [0o700, 1, true]);
});

test("a tar that is written anew leaves directories of a base as they are", async () => {
  const { warnings, options } = onBase();
  const tar = new Uint8Array(Buffer.concat(TAR));
  const layer = await createLayerFromTar(tar, { ...options, prefix: "/" });
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    (await readLayer(layer)).map(({ path, mode, uid }) =>
      `${path} ${mode.toString(8)} ${uid}`
    ),
    ["etc/ 750 0", "etc/x 755 0", "opt/ 755 0", "srv/ 755 5", "new/ 700 0"],
  );
});
