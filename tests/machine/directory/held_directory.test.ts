import assert from "node:assert/strict";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { directory } from "../../../src/machine/directory/directory.ts";
import {
  checkLiesAt,
  holdDirectory,
} from "../../../src/machine/directory/held_directory.ts";
import type { Place } from "../../../src/machine/directory/place.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const skip = process.platform !== "linux" && "only Linux has such paths";

function placeOf(onDisk: string, parent?: Place): Place {
  const { dev, ino } = lstatSync(onDisk);
  return { onDisk, inLayer: "", identity: { dev, ino }, parent };
}

async function withTree(
  body: (dir: string, root: Place, place: Place) => unknown,
): Promise<void> {
  await withTempDir(async (dir) => {
    for (const name of ["inside", "outside"]) {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, name), "");
    }
    const root = placeOf(dir);
    await body(dir, root, placeOf(join(dir, "inside"), root));
  });
}

for (const put of ["a link", "a directory"]) {
  test(`${put} in the place of a directory that is held`, {
    skip,
  }, async () => {
    await withTree((dir, _, place) => {
      const held = holdDirectory(place);
      try {
        renameSync(place.onDisk, join(dir, "gone"));
        if (put === "a link") symlinkSync("outside", place.onDisk);
        else renameSync(join(dir, "outside"), place.onDisk);
        assert.deepEqual(readdirSync(held.path), ["inside"]);
        assert.ok(lstatSync(`${held.path}/inside`).isFile());
      } finally {
        held.close();
      }
      assert.throws(() => holdDirectory(place), {
        name: "LayerError",
        path: place.onDisk,
        message: put === "a link"
          ? /by a symbolic link while/
          : /it was replaced while/,
      });
    });
  });
}

test("a directory that vanished, and the root by a link", {
  skip,
}, async () => {
  await withTree((dir, _, place) => {
    renameSync(place.onDisk, join(dir, "gone"));
    assert.throws(() => holdDirectory(place), { name: "LayerError" });
    symlinkSync("gone", place.onDisk);
    const held = holdDirectory({ ...place, parent: undefined });
    assert.deepEqual(readdirSync(held.path), ["inside"]);
    held.close();
  });
});

test("what is reached through a link does not lie there", {
  skip,
}, async () => {
  await withTree((dir) => {
    const path = join(dir, "inside", "inside");
    checkLiesAt(path, lstatSync(path));
    const other = lstatSync(join(dir, "outside", "outside"));
    const refusal = { name: "LayerError", message: /it was replaced while/ };
    assert.throws(() => checkLiesAt(path, other), refusal);
    symlinkSync("inside", join(dir, "link"));
    const through = join(dir, "link", "inside");
    assert.throws(() => checkLiesAt(through, lstatSync(path)), refusal);
    assert.throws(
      () => checkLiesAt(join(dir, "link"), lstatSync(path)),
      refusal,
    );
  });
});

test("nothing stays open when a walk is left", { skip }, async () => {
  await withTree(async (dir) => {
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    for (let round = 0; round < 20; round++) {
      for await (const _ of directory(dir, { xattrs: "off" })) break;
    }
    assert.ok(open() < before + 20);
  });
});
