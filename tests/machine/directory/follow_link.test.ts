import assert from "node:assert/strict";
import {
  linkSync,
  mkdirSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { createLayer } from "../../../src/machine/create_layer.ts";
import { directory } from "../../../src/machine/directory/directory.ts";
import type { ByteSource } from "../../../src/bytes/byte_source.ts";
import { listEntries, listPaths } from "../../support/list_entries.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const skip = process.platform === "win32" && "links need a privilege there";
const options = { dereference: true } as const;

test("what links lead to stands in their place", { skip }, async () => {
  await withTempDir(async (dir) => {
    mkdirSync(join(dir, "real/sub"), { recursive: true });
    writeFileSync(join(dir, "real/sub/file"), "content");
    symlinkSync("real", join(dir, "directory"));
    symlinkSync("directory/sub/file", join(dir, "through"));
    symlinkSync(join(dir, "real/sub/file"), join(dir, "absolute"));
    const entries = await listEntries(dir, options);
    const found = new Map(entries.map((entry) => [entry.path, entry.type]));
    assert.deepEqual(Object.fromEntries(found), {
      absolute: "file",
      directory: "directory",
      "directory/sub": "directory",
      "directory/sub/file": "file",
      real: "directory",
      "real/sub": "directory",
      "real/sub/file": "file",
      through: "file",
    });
    for (const entry of entries) {
      if (entry.type !== "file") continue;
      const body = entry.body as ByteSource;
      assert.equal(await new Response(body.stream()).text(), "content");
    }
    await (await createLayer(entries))[Symbol.asyncDispose]();
  });
});

test("a link to one of several names is one more of them", {
  skip,
}, async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "a"), "");
    linkSync(join(dir, "a"), join(dir, "b"));
    symlinkSync("b", join(dir, "c"));
    const types = (await listEntries(dir, options)).map(({ type }) => type);
    assert.deepEqual(types.sort(), ["file", "hardlink", "hardlink"]);
  });
});

for (
  const [name, target, why] of [
    ["out of the directory", "../outside", "which lies outside"],
    ["to a neighbour of a like name", "../tree-2", "which lies outside"],
    ["up, and through the directory again", "../tree/../outside", "outside"],
    ["to an absolute path outside", "/", "which lies outside /"],
    ["to nothing", "nowhere", "where there is nothing"],
    ["through a file", "file/below", "where there is nothing"],
    ["to itself", "link", "which leads in a circle"],
    ["to the directory that is packed", ".", "in which it lies itself"],
    ["to it, the long way round", "../tree/d/..", "in which it lies itself"],
  ] as const
) {
  test(`refused: a link ${name}`, { skip }, async () => {
    await withTempDir(async (dir) => {
      const tree = join(dir, "tree");
      for (const path of ["tree/d", "tree-2", "outside"]) {
        mkdirSync(join(dir, path), { recursive: true });
      }
      writeFileSync(join(tree, "file"), "");
      symlinkSync(target, join(tree, "link"));
      await assert.rejects(listEntries(tree, options), (error: Error) => {
        assert.equal((error as { path?: string }).path, join(tree, "link"));
        assert.ok(error.message.includes(`symbolic link to ${target}, `));
        assert.ok(error.message.includes(why), error.message);
        assert.match(error.message, /; leave it out, or keep symbolic links/);
        return true;
      });
    });
  });
}

test("refused: links that lead to each other for ever", { skip }, async () => {
  await withTempDir(async (dir) => {
    for (const [from, to] of [["a", "b"], ["b", "a"]] as const) {
      mkdirSync(join(dir, from));
      symlinkSync(`../${to}`, join(dir, from, to));
    }
    await assert.rejects(listEntries(dir, options), {
      message: /in which it lies itself/,
    });
  });
});

test("a source that is a link may be named with others in it", {
  skip,
}, async () => {
  await withTempDir(async (dir) => {
    mkdirSync(join(dir, "real"));
    writeFileSync(join(dir, "real/file"), "");
    symlinkSync("file", join(dir, "real/link"));
    symlinkSync("real", join(dir, "source"));
    const paths = await listPaths(join(dir, "source"), options);
    assert.deepEqual(paths, ["file", "link"]);
  });
});

test("refused: a file behind a link that is replaced", { skip }, async () => {
  await withTempDir(async (dir) => {
    const real = join(realpathSync(dir), "d");
    mkdirSync(real);
    writeFileSync(join(real, "file"), "");
    symlinkSync("d", join(dir, "link"));
    const packing = async () => {
      const entries = directory(dir, { ...options, xattrs: "off" });
      for await (const { path } of entries) {
        if (path === "link") {
          mkdirSync(join(dir, "e"));
          renameSync(real, join(dir, "away"));
          renameSync(join(dir, "e"), real);
        }
      }
    };
    await assert.rejects(packing, { path: real, message: /replaced/ });
  });
});
