import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { directory } from "../../src/machine/directory.ts";
import { createLayer } from "../../src/machine/create_layer.ts";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { Entry } from "../../src/tar/entry.ts";
import { makeTree, pseudoRandom } from "../support/make_tree.ts";
import { withTempDir } from "../support/temp_dir.ts";

const onWindows = process.platform === "win32" &&
  "Windows has neither these modes nor these names";

async function list(path: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of directory(path)) entries.push(entry);
  return entries;
}

test("golden: the digests of a tree", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    const tree = join(dir, "tree");
    await makeTree(tree);
    const layer = await createLayer(directory(tree));
    assert.deepEqual([layer.diffId, layer.digest], [
      "sha256:2d4ab98b50b127c25762142c5e44b8761089eb108554e52352e28430c6896c48",
      "sha256:d5d88e1f01b7248a383bf3e0a7d4868338ae6248f9a4e597f1f66d83cc0f9ce7",
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
        ["hardlink", "d/same", "4750", "d/file"],
        ["symlink", "dangling", "777", "/no/where"],
      ],
    );
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

test("refused: a named pipe", {
  skip: onWindows,
}, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "pipe");
    execFileSync("mkfifo", [path]);
    await assert.rejects(list(dir), {
      name: "LayerError",
      path,
      message: /named pipe/,
    });
  });
});

for (
  const [name, change, why] of [
    [
      "grows",
      (path: string) => appendFileSync(path, "more"),
      /changed its size from 3 to 7/,
    ],
    [
      "shrinks",
      (path: string) => truncateSync(path, 1),
      /changed its size from 3 to 1/,
    ],
    ["vanishes", (path: string) => rmSync(path), /vanished/],
    [
      "is replaced by another file",
      (path: string) => {
        writeFileSync(`${path}.new`, "new");
        renameSync(`${path}.new`, path);
      },
      /replaced/,
    ],
    [
      "is replaced by a link",
      (path: string) => {
        rmSync(path);
        symlinkSync("/etc/hostname", path);
      },
      /replaced by a symbolic link/,
    ],
  ] as const
) {
  test(
    `a file that ${name} while it is packed`,
    { skip: onWindows },
    async () => {
      await withTempDir(async (dir) => {
        const path = join(dir, "file");
        writeFileSync(path, "abc");
        const entries = await list(dir);
        change(path);
        await assert.rejects(createLayer(entries), {
          name: "LayerError",
          path,
          message: why,
        });
      });
    },
  );
}

test("chunks stay as they are unless the reader lends memory for them", async () => {
  await withTempDir(async (dir) => {
    const content = pseudoRandom(1 << 20);
    writeFileSync(join(dir, "file"), content);
    const [entry] = await list(dir);
    assert.ok(entry?.type === "file");
    const chunks = [...entry.body.chunks?.() as Iterable<Uint8Array>];
    assert.ok(chunks.length > 1);
    assert.deepEqual(new Uint8Array(Buffer.concat(chunks)), content);
    const scratch = new Uint8Array(1000);
    let position = 0;
    const lent = entry.body.chunks?.(scratch) as Iterable<Uint8Array>;
    for (const chunk of lent) {
      assert.equal(chunk.buffer, scratch.buffer);
      const end = position + chunk.length;
      assert.deepEqual(chunk, content.subarray(position, end));
      position = end;
    }
    assert.equal(position, content.length);
  });
});

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

test("a file that becomes a named pipe does not hold up the work", {
  skip: onWindows,
}, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "file");
    writeFileSync(path, "");
    const entries = await list(dir);
    rmSync(path);
    execFileSync("mkfifo", [path]);
    await assert.rejects(createLayer(entries), {
      name: "LayerError",
      path,
      message: /replaced/,
    });
  });
});

test("no file stays open after a failure", {
  skip: process.platform !== "linux" && "needs /proc/self/fd, which Linux has",
}, async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "file"), new Uint8Array(3 << 20));
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    const fail = new Error("no spool");
    for (let time = 0; time < 20; time++) {
      await assert.rejects(
        createLayer(directory(dir), { spool: () => Promise.reject(fail) }),
        fail,
      );
    }
    assert.ok(open() < before + 10, `${open()} open, ${before} before`);
  });
});

test("a file that grows while it is read", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "file");
    writeFileSync(path, new Uint8Array(3 << 20));
    const [entry] = await list(dir);
    assert.ok(entry?.type === "file");
    const read = () => {
      for (const _ of entry.body.chunks?.() as Iterable<Uint8Array>) {
        appendFileSync(path, "more");
      }
    };
    assert.throws(read, { path, message: /changed its size/ });
  });
});
