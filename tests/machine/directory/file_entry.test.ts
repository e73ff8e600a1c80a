import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { ByteSource } from "../../../src/bytes/byte_source.ts";
import { fileEntry } from "../../../src/machine/directory/file_entry.ts";
import { skipWithout } from "../../support/peers.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const posix = process.platform === "win32" && "Windows has none of these";

test("the entry of one file", { skip: posix }, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "file");
    writeFileSync(path, "content");
    chmodSync(path, 0o4711);
    symlinkSync("file", join(dir, "link"));
    for (const name of ["file", "link"]) {
      const { body, ...rest } = await fileEntry(join(dir, name), "bin/tool");
      assert.deepEqual(rest, { type: "file", path: "bin/tool", mode: 0o4711 });
      const bytes = body as ByteSource;
      assert.equal(await new Response(bytes.stream()).text(), "content");
    }
    const { mode } = await fileEntry(path, "a", { modes: "git" });
    assert.equal(mode, 0o755);
  });
});

test("its time", { skip: skipWithout("touch", "stat") }, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "file");
    writeFileSync(path, "");
    execFileSync("touch", ["-d", "@1577836800.123456789", path]);
    const entry = await fileEntry(path, "a", { mtime: "preserve" });
    assert.equal(entry.mtime, 1577836800);
    assert.equal(entry.mtimeNanoseconds, 123456789);
  });
});

for (
  const [name, make, why] of [
    ["missing", () => {}, /it does not exist; check the path/],
    ["a directory", (path: string) => mkdirSync(path), /it is not a file/],
    [
      "a named pipe",
      (path: string) => execFileSync("mkfifo", [path]),
      /it is not a file/,
    ],
    [
      "a link to nothing",
      (path: string) => symlinkSync("nowhere", path),
      /it does not exist/,
    ],
  ] as const
) {
  test(`refused: a file that is ${name}`, { skip: posix }, async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "source");
      make(path);
      await assert.rejects(fileEntry(path, "a"), {
        name: "LayerError",
        path,
        message: why,
      });
    });
  });
}
