import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { directory } from "../../../src/machine/directory/directory.ts";
import { createLayer } from "../../../src/machine/create_layer.ts";
import type { ByteSource } from "../../../src/bytes/byte_source.ts";
import { arrangeEntries } from "../../../src/tar/arrange.ts";
import type { Entry, FileEntry } from "../../../src/tar/entry.ts";
import type { LayerWarning } from "../../../src/tar/layer_warning.ts";
import { listEntries as list, listPaths } from "../../support/list_entries.ts";
import { makeTree } from "../../support/make_tree.ts";
import { skipWithout } from "../../support/peers.ts";
import { withTempDir } from "../../support/temp_dir.ts";

function canMakeDevices(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

const onWindows = process.platform === "win32" &&
  "Windows has neither these modes nor these names";

test("golden: the digests of a tree", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    const tree = join(dir, "tree");
    await makeTree(tree);
    const layer = await createLayer(directory(tree));
    assert.deepEqual([layer.diffId, layer.digest], [
      "sha256:79edb688fa538d65af7f8b47c7b02c368d9e780d81d270840af673f37be3d1b3",
      "sha256:716081d55108d3a1af202ce8cab925448dc74e3f9759f4663bcadaa774a3ded3",
    ]);
  });
});

test("times, the place and a copy do not change the digest", async () => {
  await withTempDir(async (dir) => {
    const tree = join(dir, "tree");
    mkdirSync(join(tree, "sub", "empty"), { recursive: true });
    writeFileSync(join(tree, "sub", "file"), "content");
    writeFileSync(join(tree, "tool"), "#!/bin/sh\n", { mode: 0o755 });
    symlinkSync("sub/file", join(tree, "link"));
    const digest = async (path: string) =>
      (await createLayer(directory(path))).digest;
    const first = await digest(tree);
    assert.equal(await digest(tree), first);
    for (const path of ["sub/file", "tool", "sub", "."]) {
      utimesSync(join(tree, path), 1e9, 1e9);
    }
    assert.equal(await digest(tree), first, "after touching");
    const copy = join(dir, "copy");
    execFileSync("cp", ["-r", tree, copy]);
    assert.equal(await digest(copy), first, "of a copy");
    writeFileSync(join(copy, "sub", "file"), "another");
    assert.notEqual(await digest(copy), first, "of other content");
  });
});

test("what lies in a directory", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    mkdirSync(join(dir, "d/empty"), { recursive: true });
    chmodSync(join(dir, "d/empty"), 0o1777);
    execFileSync("mkfifo", ["-m", "600", join(dir, "d/pipe")]);
    writeFileSync(join(dir, "d/file"), "abc");
    chmodSync(join(dir, "d/file"), 0o4750);
    linkSync(join(dir, "d/file"), join(dir, "d/same"));
    symlinkSync("/no/where", join(dir, "dangling"));
    const arranged = await arrangeEntries(await list(dir));
    assert.deepEqual(
      arranged.map((entry) => [
        entry.type,
        entry.path,
        entry.mode.toString(8),
        "target" in entry ? entry.target : undefined,
      ]),
      [
        ["directory", "d", arranged[0]?.mode.toString(8), undefined],
        ["directory", "d/empty", "1777", undefined],
        ["file", "d/file", "4750", undefined],
        ["fifo", "d/pipe", "600", undefined],
        ["hardlink", "d/same", "4750", "d/file"],
        ["symlink", "dangling", "777", "/no/where"],
      ],
    );
  });
});

test("sockets are left out with a warning", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "socket");
    writeFileSync(join(dir, "file"), "");
    const server = createServer().listen(path);
    try {
      await once(server, "listening");
      const warnings: LayerWarning[] = [];
      const onWarning = (warning: LayerWarning) => warnings.push(warning);
      const options = { xattrs: "off", onWarning } as const;
      assert.deepEqual(await listPaths(dir, options), ["file"]);
      assert.deepEqual(warnings.map(({ path }) => path), [path]);
      assert.match(String(warnings[0]?.message), /socket/);
      rmSync(join(dir, "file"));
      await assert.rejects(list(dir), { path: dir, message: /nothing in it/ });
    } finally {
      server.close();
    }
  });
});

test("devices", { skip: !canMakeDevices() && "needs mknod" }, async () => {
  await withTempDir(async (dir) => {
    execFileSync("mknod", ["-m", "640", join(dir, "c"), "c", "259", "300000"]);
    execFileSync("mknod", ["-m", "600", join(dir, "b"), "b", "8", "1"]);
    const entries = await list(dir);
    assert.deepEqual(
      entries.sort((a, b) => a.path < b.path ? -1 : 1),
      [
        { type: "block-device", path: "b", mode: 0o600, major: 8, minor: 1 },
        {
          type: "character-device",
          path: "c",
          mode: 0o640,
          major: 259,
          minor: 300000,
        },
      ],
    );
  });
});

test("the modes that Git knows", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    mkdirSync(join(dir, "d"));
    chmodSync(join(dir, "d"), 0o2700);
    for (const [name, mode] of [["a", 0o600], ["b", 0o4711], ["c", 0o655]]) {
      writeFileSync(join(dir, `${name}`), "");
      chmodSync(join(dir, `${name}`), Number(mode));
    }
    const modes = (await list(dir, { modes: "git" })).map((entry) =>
      `${entry.path} ${(entry as FileEntry).mode?.toString(8)}`
    );
    assert.deepEqual(modes.sort(), ["a 644", "b 755", "c 644", "d 755"]);
  });
});

test("times are taken over on demand, to the nanosecond", {
  skip: skipWithout("touch", "stat"),
}, async () => {
  await withTempDir(async (dir) => {
    mkdirSync(join(dir, "d"));
    symlinkSync("nowhere", join(dir, "link"));
    for (const name of ["exact\nname", "late", "early"]) {
      writeFileSync(join(dir, name), "");
    }
    for (
      const [name, time] of [
        ["exact\nname", "1577836800.123456789"],
        ["late", "5000000000.5"],
        ["early", "-1.25"],
        ["d", "7"],
        ["link", "8.000000001"],
      ]
    ) {
      execFileSync("touch", ["-h", "-d", `@${time}`, join(dir, `${name}`)]);
    }
    const timeOf = (entry: Entry) => {
      const { mtime, mtimeNanoseconds } = entry as FileEntry;
      return [entry.path, mtime, mtimeNanoseconds];
    };
    const preserved = await list(dir, { mtime: "preserve" });
    assert.deepEqual(preserved.map(timeOf).sort(), [
      ["d", 7, 0],
      ["early", -2, 750_000_000],
      ["exact\nname", 1_577_836_800, 123_456_789],
      ["late", 5_000_000_000, 500_000_000],
      ["link", 8, 1],
    ]);
    const dropped = await list(dir);
    assert.ok(dropped.every((entry) => timeOf(entry)[1] === undefined));
  });
});

test("a sparse file is read as content", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "sparse"), "start");
    truncateSync(join(dir, "sparse"), 1 << 20);
    const [entry] = await list(dir);
    assert.ok(entry?.type === "file");
    const body = entry.body as ByteSource;
    const bytes = await new Response(body.stream()).bytes();
    const expected = Buffer.alloc(1 << 20);
    expected.write("start");
    assert.equal(Buffer.compare(bytes, expected), 0);
  });
});

test("1,000 levels deep, and deeper than a path may be", {
  skip: process.platform !== "linux" && "elsewhere paths are shorter",
}, async () => {
  await withTempDir(async (dir) => {
    const path = "d/".repeat(1000).slice(0, -1);
    mkdirSync(join(dir, path), { recursive: true });
    writeFileSync(join(dir, path, "file"), "");
    const paths = await listPaths(dir);
    assert.equal(paths.length, 1001);
    assert.equal(paths.at(-1), `${path}/file`);
    const top = join(dir, "n".repeat(200));
    renameSync(join(dir, "d"), top);
    // Each of the moves makes the path longer that leads to what is deepest.
    for (let level = 0; level < 12; level++) {
      const above = join(dir, "above");
      mkdirSync(above);
      renameSync(top, join(above, "n".repeat(200)));
      renameSync(above, top);
    }
    await assert.rejects(list(dir), {
      name: "LayerError",
      message: /longer than the system permits; move the directory/,
    });
    // What is as deep as that cannot be removed by its path either.
    execFileSync("rm", ["-rf", top]);
  });
});

test("more than 65,536 entries, of one file", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    // File systems permit some 65,000 links to a file.
    for (const half of ["a", "b"]) {
      mkdirSync(join(dir, half));
      writeFileSync(join(dir, half, "0"), half);
      for (let number = 1; number < 33_000; number++) {
        linkSync(join(dir, half, "0"), join(dir, half, `${number}`));
      }
    }
    const entries = await list(dir);
    const counts: Record<string, number> = {};
    for (const { type } of entries) counts[type] = (counts[type] ?? 0) + 1;
    assert.deepEqual(counts, { directory: 2, file: 2, hardlink: 65_998 });
  });
});

test("a symbolic link to a directory can be named as the source", async () => {
  await withTempDir(async (dir) => {
    mkdirSync(join(dir, "real"));
    writeFileSync(join(dir, "real/file"), "x");
    symlinkSync("real", join(dir, "link"));
    assert.deepEqual(
      (await list(join(dir, "link"))).map(({ path }) => path),
      ["file"],
    );
  });
});

for (
  const [name, make, why] of [
    ["missing", () => {}, /does not exist/],
    ["empty", (path: string) => mkdirSync(path), /the directory is empty/],
    [
      "a file",
      (path: string) => writeFileSync(path, ""),
      /is not a directory/,
    ],
  ] as const
) {
  test(`refused: a source that is ${name}`, async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "source");
      make(path);
      await assert.rejects(list(path), {
        name: "LayerError",
        path,
        message: why,
      });
    });
  });
}

test(
  "a path through a link is not shortened",
  { skip: onWindows },
  async () => {
    await withTempDir(async (dir) => {
      mkdirSync(join(dir, "real/below"), { recursive: true });
      writeFileSync(join(dir, "real/right"), "");
      writeFileSync(join(dir, "wrong"), "");
      symlinkSync("real/below", join(dir, "link"));
      const paths = (await list(`${dir}/link/..`)).map(({ path }) => path);
      assert.deepEqual(paths.sort(), ["below", "right"]);
    });
  },
);
