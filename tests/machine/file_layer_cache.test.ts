import assert from "node:assert/strict";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { LayerRecord } from "../../src/image/layer_cache.ts";
import { CacheFiles } from "../../src/machine/cache_files.ts";
import { fileLayerCache } from "../../src/machine/file_layer_cache.ts";
import { withTempDir } from "../support/temp_dir.ts";

const key = (digit: string) => digit.repeat(64);
const bytes = (size: number, value = 1) => new Uint8Array(size).fill(value);
const digest = `sha256:${key("d")}` as const;

const RECORD: LayerRecord = {
  diffId: digest,
  tarSize: 1024,
  compressed: { digest, size: 29, blocks: [key("a"), key("b")] },
};

/** All files of a cache. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

test("what is kept is there for the next run, also without its blocks", () =>
  withTempDir((root) => {
    const directory = join(root, "deep/layers");
    const cache = fileLayerCache({ directory });
    assert.equal(cache.load(key("1")), undefined);
    assert.equal(cache.blocks.load(key("a")), undefined);
    cache.save(key("1"), RECORD);
    cache.save(key("2"), { diffId: digest, tarSize: 0 });
    cache.blocks.save(key("a"), bytes(5));
    const next = fileLayerCache({ directory });
    assert.deepEqual(next.load(key("1")), RECORD);
    assert.deepEqual(next.load(key("2")), { diffId: digest, tarSize: 0 });
    assert.deepEqual(
      new Uint8Array(next.blocks.load(key("a")) ?? []),
      bytes(5),
    );
    const modes = filesIn(directory).map((path) => statSync(path).mode & 0o77);
    assert.deepEqual(modes, [0, 0, 0]);
  }));

test("what is damaged counts as missing, and is removed", () =>
  withTempDir((directory) => {
    const damages: ((file: Uint8Array) => Uint8Array)[] = [
      (file) =>
        file.map((byte, at) => at === file.length - 1 ? byte ^ 1 : byte),
      (file) => file.map((byte, at) => at === 0 ? byte ^ 1 : byte),
      (file) => file.subarray(0, file.length - 1),
      (file) => file.subarray(0, 31),
      () => new Uint8Array(),
    ];
    for (const damage of damages) {
      const cache = fileLayerCache({ directory });
      cache.blocks.save(key("a"), bytes(5));
      cache.save(key("1"), RECORD);
      for (const path of filesIn(directory)) {
        writeFileSync(path, damage(new Uint8Array(readFileSync(path))));
      }
      assert.equal(cache.blocks.load(key("a")), undefined);
      assert.equal(cache.load(key("1")), undefined);
      assert.deepEqual(filesIn(directory), []);
    }
  }));

test("a record of another form is none", () =>
  withTempDir((directory) => {
    const cache = fileLayerCache({ directory });
    const files = new CacheFiles(directory);
    const put = (text: string) =>
      files.save(key("1"), new TextEncoder().encode(text));
    const compressed = RECORD.compressed;
    for (
      const record of [
        null,
        [],
        { ...RECORD, diffId: "sha256:1" },
        { ...RECORD, tarSize: -1 },
        { ...RECORD, tarSize: "1" },
      ]
    ) {
      put(JSON.stringify(record));
      assert.equal(cache.load(key("1")), undefined, JSON.stringify(record));
    }
    put("{");
    assert.equal(cache.load(key("1")), undefined);
    for (
      const change of [{ digest: 1 }, { size: 0.5 }, { blocks: ["../a"] }, {
        blocks: "a",
      }]
    ) {
      put(
        JSON.stringify({ ...RECORD, compressed: { ...compressed, ...change } }),
      );
      assert.deepEqual(cache.load(key("1")), { diffId: digest, tarSize: 1024 });
    }
  }));

test("what was not used for longest goes first, and no more than has to", () =>
  withTempDir((directory) => {
    const files = new CacheFiles(directory);
    const digits = [..."abcdef"];
    for (const [at, digit] of digits.entries()) {
      files.save(key(digit), bytes(1000 - 32));
      const path = join(directory, digit.repeat(2), key(digit));
      utimesSync(path, 1_700_000_000 + at, 1_700_000_000 + at);
    }
    // Used now, so it is the newest.
    assert.ok(files.load(key("a")));
    files.shrink(3000);
    const left = digits.filter((digit) => files.load(key(digit)));
    assert.deepEqual(left, ["a", "e", "f"]);
  }));

test("the files together have no more bytes than they may", () =>
  withTempDir((directory) => {
    const limit = 160_000;
    for (let run = 0; run < 4; run++) {
      const cache = fileLayerCache({ directory, limit });
      for (let block = 0; block < 16; block++) {
        const name = (run * 16 + block).toString(16).padStart(64, "0");
        cache.blocks.save(name, bytes(9000));
      }
      const size = filesIn(directory)
        .reduce((sum, path) => sum + statSync(path).size, 0);
      assert.ok(size <= limit * 17 / 16, String(size));
    }
  }));

test("one run does not push out what it wrote itself", () =>
  withTempDir((directory) => {
    const cache = fileLayerCache({ directory, limit: 100_000 });
    for (const digit of "abcdef") cache.blocks.save(key(digit), bytes(20_000));
    const left = [..."abcdef"].filter((digit) => cache.blocks.load(key(digit)));
    assert.deepEqual(left, ["a", "b"]);
  }));

test("what a killed process left behind goes when it is old", () =>
  withTempDir((directory) => {
    const [old, fresh] = ["old", "fresh"].map((name) =>
      join(directory, "aa", `${key("a")}.${name}`)
    ) as [string, string];
    mkdirSync(join(directory, "aa"));
    writeFileSync(old, "x");
    writeFileSync(fresh, "x");
    utimesSync(old, 1_700_000_000, 1_700_000_000);
    new CacheFiles(directory).shrink(1000);
    assert.deepEqual(filesIn(directory), [fresh]);
  }));

test("a place that cannot be written is no error", () =>
  withTempDir((root) => {
    const directory = join(root, "file");
    writeFileSync(directory, "no directory");
    const cache = fileLayerCache({ directory });
    cache.save(key("1"), RECORD);
    cache.blocks.save(key("a"), bytes(5));
    assert.equal(cache.load(key("1")), undefined);
    assert.equal(readFileSync(directory, "utf8"), "no directory");
  }));
