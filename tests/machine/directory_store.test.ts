import assert from "node:assert/strict";
import {
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { directoryStore } from "../../src/machine/directory_store.ts";
import { withTempDir } from "../support/temp_dir.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes?: Uint8Array) => bytes && new TextDecoder().decode(bytes);

test("a file is changed, or made with its parents", async () => {
  await withTempDir(async (dir) => {
    const store = directoryStore(join(dir, "a"), "oci:a");
    const seen: (string | undefined)[] = [];
    const write = (content: string) =>
      store.update("b/c", (before) => {
        seen.push(text(before));
        return bytes(content);
      });
    await write("one");
    await write("two");
    assert.deepEqual(seen, [undefined, "one"]);
    assert.equal(readFileSync(join(dir, "a/b/c"), "utf8"), "two");
    assert.deepEqual(readdirSync(join(dir, "a/b")), ["c"]);
  });
});

test("what another program writes meanwhile is not lost", async () => {
  await withTempDir(async (dir) => {
    const file = join(dir, "index.json");
    const store = directoryStore(dir, "oci:x");
    writeFileSync(file, "a");
    let calls = 0;
    await store.update("index.json", (before) => {
      if (calls++ === 0) writeFileSync(file, "ab");
      return bytes(`${text(before)}c`);
    });
    assert.equal(readFileSync(file, "utf8"), "abc");
    assert.deepEqual(readdirSync(dir), ["index.json"]);
  });
});

test("a file that would stay as it is is not written", async () => {
  await withTempDir(async (dir) => {
    const file = join(dir, "index.json");
    writeFileSync(file, "a");
    const { ino } = statSync(file);
    await directoryStore(dir, "oci:x").update("index.json", () => bytes("a"));
    assert.equal(statSync(file).ino, ino);
  });
});

test("a change that fails changes nothing, and its error stays its own", async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "index.json"), "a");
    const error = new ScratchbuildError("Cannot do it", { code: "IMAGE" });
    const fail = () => {
      throw error;
    };
    await assert.rejects(
      directoryStore(dir, "oci:x").update("index.json", fail),
      error,
    );
    assert.deepEqual(readdirSync(dir), ["index.json"]);
  });
});

test("a symbolic link stays, and what it leads to is changed", async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "real"), "a");
    symlinkSync("real", join(dir, "index.json"));
    await directoryStore(dir, "oci:x").update("index.json", () => bytes("b"));
    assert.equal(readFileSync(join(dir, "real"), "utf8"), "b");
    assert.deepEqual(readdirSync(dir).sort(), ["index.json", "real"]);
  });
});

test("what cannot be written is named", async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "file"), "");
    const store = directoryStore(join(dir, "file"), "oci:x");
    await assert.rejects(store.update("index.json", () => bytes("")), {
      code: "TARGET",
      message: /^Cannot write oci:x: /,
    });
  });
});
