import assert from "node:assert/strict";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { directory } from "../../../src/machine/directory/directory.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const skip = process.platform === "win32" && "links need a privilege there";

for (
  const [name, swap, path, why] of [
    [
      "a directory that becomes a link",
      (tree: string, outside: string) => {
        renameSync(join(tree, "a/b"), join(tree, "away"));
        symlinkSync(join(outside, "b"), join(tree, "a/b"));
      },
      "a/b",
      /replaced by a symbolic link/,
    ],
    [
      "a directory that becomes another one",
      (tree: string, outside: string) => {
        renameSync(join(tree, "a/b"), join(tree, "away"));
        renameSync(join(outside, "b"), join(tree, "a/b"));
      },
      "a/b",
      /it was replaced while/,
    ],
    [
      "a parent that becomes a link",
      (tree: string, outside: string) => {
        renameSync(join(tree, "a"), join(tree, "away"));
        symlinkSync(outside, join(tree, "a"));
      },
      "a/b",
      /it was replaced while/,
    ],
    [
      "a directory that becomes a link to where it went",
      (tree: string, outside: string) => {
        renameSync(join(tree, "a/b"), join(outside, "moved"));
        symlinkSync(join(outside, "moved"), join(tree, "a/b"));
      },
      "a/b",
      /replaced by a symbolic link/,
    ],
    [
      "a directory that vanishes",
      (tree: string) => renameSync(join(tree, "a/b"), join(tree, "away")),
      "a/b",
      /vanished/,
    ],
  ] as const
) {
  test(`refused: ${name} before it is listed`, { skip }, async () => {
    await withTempDir(async (dir) => {
      const [tree, outside] = [join(dir, "tree"), join(dir, "outside")];
      for (const place of [join(tree, "a/b"), join(outside, "b")]) {
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, "secret"), place);
      }
      const seen: string[] = [];
      const packing = async () => {
        for await (const entry of directory(tree, { xattrs: "off" })) {
          seen.push(entry.path);
          if (entry.path === "a/b") swap(tree, outside);
        }
      };
      await assert.rejects(packing, {
        name: "LayerError",
        path: join(tree, path),
        message: why,
      });
      assert.deepEqual(seen, ["a", "a/b"]);
    });
  });
}

test("refused: a source that comes to lead elsewhere", { skip }, async () => {
  await withTempDir(async (dir) => {
    const link = join(dir, "link");
    for (const name of ["one", "two"]) {
      mkdirSync(join(dir, name, "sub"), { recursive: true });
      writeFileSync(join(dir, name, "sub", "file"), name);
    }
    symlinkSync("one", link);
    const packing = async () => {
      for await (const { path } of directory(link, { xattrs: "off" })) {
        if (path !== "sub") continue;
        symlinkSync("two", `${link}.new`);
        renameSync(`${link}.new`, link);
      }
    };
    await assert.rejects(packing, { path: `${link}/sub`, message: /replaced/ });
  });
});
