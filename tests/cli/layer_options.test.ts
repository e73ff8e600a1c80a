import assert from "node:assert/strict";
import { test } from "node:test";
import type { LayerFlags } from "../../src/cli/flags/layer_flags.ts";
import { checkLayerFlags, layerOptions } from "../../src/cli/layer_options.ts";
import type { PathKind } from "../../src/machine/create_layer_from_path.ts";

test("every kind of source follows the flags that it can", () => {
  const flags: LayerFlags = {
    owner: { uid: 1, gid: 2 },
    modes: "git",
    xattrs: "require",
    dereference: true,
    "ignore-file": "x",
    whiteouts: true,
    "compression-level": 9,
    jobs: 3,
  };
  const common = {
    compression: "gzip",
    level: 9,
    jobs: 3,
    owner: { uid: 1, gid: 2 },
    whiteouts: true,
  };
  assert.deepEqual(layerOptions(flags, "directory", 5), {
    ...common,
    mtime: 5,
    directory: {
      modes: "git",
      xattrs: "require",
      dereference: true,
      ignore: { file: "x" },
    },
  });
  assert.deepEqual(layerOptions(flags, "file", 5), {
    ...common,
    mtime: 5,
    directory: { modes: "git", xattrs: "require" },
  });
  assert.deepEqual(layerOptions(flags, "tar", 5), common);
});

test("without flags the defaults of the library hold", () => {
  const compression = "gzip";
  const read = { compression, mtime: 0, directory: {} };
  assert.deepEqual(layerOptions({}, "directory", 0), read);
  assert.deepEqual(layerOptions({}, "file", 0), read);
  assert.deepEqual(layerOptions({}, "tar", 7), { compression });
  assert.deepEqual(layerOptions({ "no-ignore": true }, "directory", 0), {
    ...read,
    directory: { ignore: "off" },
  });
});

test("a time that is named counts for every kind", () => {
  for (const mtime of [9, "preserve"] as const) {
    for (const kind of ["directory", "file", "tar"] as const) {
      assert.equal(layerOptions({ mtime }, kind, 5).mtime, mtime);
    }
  }
});

test("flags for directories want one", () => {
  const rows: [flags: LayerFlags, kinds: PathKind[], isRefused: boolean][] = [
    [{ dereference: true }, ["tar", "directory"], false],
    [{ dereference: true }, ["tar", "file"], true],
    [{ "ignore-file": "x" }, ["file"], true],
    [{ "no-ignore": true }, ["file"], false],
    [{ modes: "git" }, ["tar", "tar"], true],
    [{ modes: "git" }, ["tar", "file"], false],
    [{ modes: "preserve" }, ["tar"], false],
    [{ xattrs: "off" }, ["tar"], false],
  ];
  for (const [flags, kinds, isRefused] of rows) {
    const check = () => checkLayerFlags(flags, kinds);
    if (isRefused) assert.throws(check, { code: "USAGE" });
    else check();
  }
});
