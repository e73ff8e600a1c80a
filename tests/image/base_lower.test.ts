import assert from "node:assert/strict";
import { test } from "node:test";
import { baseLower } from "../../src/image/base_lower.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Entry } from "../../src/tar/entry.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";
import { baseLayer, baseTar } from "./base_layer.ts";
import { readLayer } from "./read_layer.ts";

const link = (target: string) => ({ type: "2", target });

const BOTTOM = baseTar([
  ["./"],
  ["./usr/"],
  ["./usr/bin/", { mode: "711" }],
  ["./usr/bin/sh"],
  ["./usr/bin/ash", { type: "1", target: "./usr/bin/sh" }],
  ["./bin", link("usr/bin")],
  ["./sbin", { type: "1", target: "./bin" }],
  ["/tmp/", { mode: "1777" }],
  ["etc/", {
    mode: "750",
    owner: [5, 6],
    pax: {
      mtime: "1700000000.123456789",
      "SCHILY.xattr.user.a": "b",
      "SCHILY.xattr.__proto__": "c",
    },
  }],
  ["etc/old"],
  ["implied/file"],
  ["dev/null", { type: "3" }],
]);

const ETC = {
  type: "directory",
  mode: 0o750,
  uid: 5,
  gid: 6,
  mtime: 1700000000,
  mtimeNanoseconds: 123456789,
  isKept: true,
} as const;

for (const encoding of ["none", "gzip", "zstd"] as const) {
  test(`directories and links of a layer are found: ${encoding}`, async () => {
    const lower = baseLower([baseLayer(BOTTOM, { encoding })]);
    const { xattrs = {}, ...etc } = await lower("etc") ?? {};
    assert.deepEqual(etc, ETC);
    assert.deepEqual(Object.entries(xattrs), [
      ["user.a", new Uint8Array([0x62])],
      ["__proto__", new Uint8Array([0x63])],
    ]);
    assert.equal((await lower("tmp"))?.mode, 0o1777);
    assert.equal((await lower("usr/bin"))?.mode, 0o711);
    assert.deepEqual(await lower("bin"), {
      type: "symlink",
      target: "usr/bin",
    });
    assert.deepEqual(await lower("sbin"), await lower("bin"));
    for (const path of ["usr/bin/sh", "usr/bin/ash", "dev/null"]) {
      assert.deepEqual(await lower(path), { type: "file" }, path);
    }
    for (const path of ["", "nothing", "bin/sh", "usr/bin/sh/x", "__proto__"]) {
      if (path !== "") assert.equal(await lower(path), undefined, path);
    }
  });
}

test("directories without an entry are what Docker makes of them", async () => {
  const lower = baseLower([baseLayer(BOTTOM)]);
  assert.deepEqual(await lower("implied"), {
    type: "directory",
    mode: 0o755,
    uid: 0,
    gid: 0,
    isKept: true,
  });
});

test("later layers hide what earlier ones hold", async () => {
  const lower = baseLower([
    baseLayer(BOTTOM),
    baseLayer(baseTar([["etc/x"], [".wh.tmp"], ["usr/bin/.wh..wh..opq"]])),
    baseLayer(baseTar([["usr/", { mode: "700" }], ["bin/y"]]), {
      encoding: "gzip",
    }),
  ]);
  assert.equal((await lower("etc"))?.mode, 0o750);
  assert.equal(await lower("tmp"), undefined);
  assert.equal((await lower("usr/bin"))?.mode, 0o711);
  assert.equal(await lower("usr/bin/sh"), undefined);
  assert.equal((await lower("usr"))?.mode, 0o700);
  // So Docker, podman and containerd show it: `bin` is a directory now.
  assert.equal((await lower("bin"))?.type, "directory");
});

test("files that AUFS left are nothing", async () => {
  const lower = baseLower([
    baseLayer(BOTTOM),
    baseLayer(
      baseTar([[".wh..wh.aufs"], [".wh..wh.plnk/"], [".wh..wh.orph/"]]),
    ),
  ]);
  assert.equal((await lower("etc"))?.type, "directory");
  assert.equal(await lower(".wh..wh.plnk"), undefined);
});

test("names that are not UTF-8 are told apart", async () => {
  const name = (last: number) => new Uint8Array([0x61, last]);
  const lower = baseLower([baseLayer(baseTar([
    [name(0xe9), { type: "5", mode: "700" }],
    [name(0xe8), { type: "5", mode: "711" }],
  ]))]);
  assert.equal((await lower("a\\xe9"))?.mode, 0o700);
  assert.equal((await lower("a\\xe8"))?.mode, 0o711);
});

test("layers are read once, however many ask at the same time", async () => {
  const layers = [baseLayer(BOTTOM), baseLayer(BOTTOM, { encoding: "gzip" })];
  const lower = baseLower(layers);
  assert.deepEqual(layers.map(({ opened }) => opened), [0, 0]);
  const found = await Promise.all(["etc", "tmp", "usr"].map((at) => lower(at)));
  await lower("bin");
  assert.deepEqual(found.map((entry) => entry?.mode), [0o750, 0o1777, 0o755]);
  assert.deepEqual(layers.map(({ opened }) => opened), [1, 1]);
  assert.ok(layers.every(({ taken, size }) => taken === size));
});

test("nothing is read where no parent is asked for", async () => {
  const layer = baseLayer(BOTTOM);
  const below = new LowerLayers(baseLower([layer]));
  await createLayer([
    { type: "file", path: "init", body: "" },
    { type: "symlink", path: "link", target: "init" },
  ], {
    lower: below.find.bind(below),
    onArranged: below.add.bind(below),
  });
  assert.equal(layer.opened, 0);
});

test("the reading of each layer can be followed", async () => {
  const layers = [baseLayer(BOTTOM), baseLayer(BOTTOM, { encoding: "gzip" })];
  const seen = new Map<string, number[]>();
  const lower = baseLower(layers, {
    onProgress: ({ digest }, bytes) =>
      seen.set(digest, [...seen.get(digest) ?? [], bytes]),
  });
  await lower("etc");
  for (const { digest, size } of layers) {
    const steps = seen.get(digest) ?? [];
    assert.equal(steps.at(-1), size);
    assert.deepEqual(steps, steps.toSorted((a, b) => a - b));
  }
});

test("what is built on a base leaves its directories and links as they are", async () => {
  const below = new LowerLayers(baseLower([baseLayer(BOTTOM)]));
  const entries: Entry[] = [
    { type: "directory", path: "tmp", mode: 0o700 },
    { type: "directory", path: "bin" },
    ...["bin/tool", "tmp/x", "etc/z", "implied/y"].map((path): Entry => ({
      ...{ type: "file", path, body: path, mode: 0o755 },
    })),
  ];
  const options = {
    lower: below.find.bind(below),
    onArranged: below.add.bind(below),
    owner: { uid: 1, gid: 1 },
    mode: { keep: 0o700 },
  };
  for (let time = 0; time < 2; time++) {
    const found = await readLayer(await createLayer(entries, options));
    assert.deepEqual(
      found.map(({ path, mode, uid }) => `${path} ${mode.toString(8)} ${uid}`),
      [
        "etc/ 750 5",
        "etc/z 700 1",
        "implied/ 755 0",
        "implied/y 700 1",
        "tmp/ 1777 0",
        "tmp/x 700 1",
        "usr/ 755 0",
        "usr/bin/ 711 0",
        "usr/bin/tool 700 1",
      ],
    );
    const [etc] = found;
    assert.deepEqual(
      [etc?.mtime, etc?.mtimeNanoseconds],
      [ETC.mtime, ETC.mtimeNanoseconds],
    );
    assert.deepEqual(Object.keys(etc?.xattrs ?? {}).sort(), [
      "__proto__",
      "user.a",
    ]);
  }
});
