import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { writeWhole } from "../../src/machine/write_whole.ts";
import { withTempDir } from "../support/temp_dir.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("a file is written", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "file");
    await writeWhole(path, [bytes("a"), bytes("bc")]);
    assert.equal(readFileSync(path, "utf8"), "abc");
    assert.deepEqual(readdirSync(dir), ["file"]);
  });
});

test("what was there survives a failure, and nothing else is left", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "file");
    writeFileSync(path, "before");
    const fail = new Error("broken");
    async function* broken() {
      yield bytes("half");
      throw fail;
    }
    await assert.rejects(writeWhole(path, broken()), fail);
    assert.equal(readFileSync(path, "utf8"), "before");
    assert.deepEqual(readdirSync(dir), ["file"]);
  });
});

test("a directory that is missing, or in the place of the file, is named", async () => {
  await withTempDir(async (dir) => {
    await assert.rejects(writeWhole(join(dir, "no", "file"), []), {
      code: "TARGET",
      message: /the directory .*no does not exist; create it first/,
    });
    mkdirSync(join(dir, "taken"));
    await assert.rejects(writeWhole(join(dir, "taken"), []), {
      code: "TARGET",
      message: /it is a directory/,
    });
  });
});

const onWindows = process.platform === "win32" &&
  "Windows has no named pipes in directories";

test("a symbolic link stays, and what it leads to is written", {
  skip: onWindows,
}, async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "real"), "before");
    symlinkSync("real", join(dir, "link"));
    await writeWhole(join(dir, "link"), [bytes("after")]);
    assert.ok(lstatSync(join(dir, "link")).isSymbolicLink());
    assert.equal(readFileSync(join(dir, "real"), "utf8"), "after");
  });
});

test("a named pipe is refused and stays", { skip: onWindows }, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "pipe");
    execFileSync("mkfifo", [path]);
    await assert.rejects(writeWhole(path, []), {
      code: "TARGET",
      message: /neither a file nor a new name/,
    });
    assert.ok(lstatSync(path).isFIFO());
  });
});

test("an error names the place on one line, and no temporary file", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "a\nb", "c");
    await assert.rejects(writeWhole(path, []), (error: Error) => {
      assert.ok(!error.message.includes("\n"));
      assert.ok(!error.message.includes(".tmp"));
      return true;
    });
    const long = join(dir, "n".repeat(300));
    await assert.rejects(writeWhole(long, []), {
      code: "TARGET",
      message: /the name is longer than the system permits/,
    });
  });
});
