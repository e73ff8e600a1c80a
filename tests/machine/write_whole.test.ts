import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
