import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { ByteSource } from "../../../src/bytes/byte_source.ts";
import { createLayer } from "../../../src/machine/create_layer.ts";
import { directory } from "../../../src/machine/directory/directory.ts";
import type { FileEntry } from "../../../src/tar/entry.ts";
import { listEntries as list } from "../../support/list_entries.ts";
import { pseudoRandom } from "../../support/make_tree.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const onWindows = process.platform === "win32" &&
  "Windows has neither these modes nor these names";

function sourceOf(entry: FileEntry): ByteSource {
  return entry.body as ByteSource;
}

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
    const chunks = [...sourceOf(entry).chunks?.() as Iterable<Uint8Array>];
    assert.ok(chunks.length > 1);
    assert.deepEqual(new Uint8Array(Buffer.concat(chunks)), content);
    const scratch = new Uint8Array(1000);
    let position = 0;
    const lent = sourceOf(entry).chunks?.(scratch) as Iterable<Uint8Array>;
    for (const chunk of lent) {
      assert.equal(chunk.buffer, scratch.buffer);
      const end = position + chunk.length;
      assert.deepEqual(chunk, content.subarray(position, end));
      position = end;
    }
    assert.equal(position, content.length);
  });
});

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
      for (const _ of sourceOf(entry).chunks?.() as Iterable<Uint8Array>) {
        appendFileSync(path, "more");
      }
    };
    assert.throws(read, { path, message: /changed its size/ });
  });
});
