import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parseDiffSide } from "../../../src/cli/diff/diff_side.ts";
import { withTempDir } from "../../support/temp_dir.ts";

test("a directory that is there is one, and all else a location", () =>
  withTempDir(async (root) => {
    const path = join(root, "a:1");
    await mkdir(path);
    assert.deepEqual(parseDiffSide(path, false), {
      kind: "directory",
      path,
      destination: "/",
    });
    assert.deepEqual(parseDiffSide(`${path}:/app/`, false), {
      kind: "directory",
      path,
      destination: "/app",
    });
    assert.deepEqual(parseDiffSide(join(root, "b.tar"), false), {
      kind: "image",
      location: { kind: "tar", path: join(root, "b.tar") },
    });
  }));

test("on Windows, the colon of a drive belongs to the path", () => {
  for (
    const [text, location] of [
      ["C:\\out\\app.tar", { kind: "tar", path: "C:\\out\\app.tar" }],
      ["oci:C:\\out:1", { kind: "oci", path: "C:\\out", tag: "1" }],
      ["oci-archive:C:/a.tar", { kind: "oci-archive", path: "C:/a.tar" }],
    ] as const
  ) {
    assert.deepEqual(parseDiffSide(text, true), { kind: "image", location });
  }
  for (const text of ["C:\\no such", "C:/no such:/app", "c:\\no such:/app"]) {
    assert.throws(() => parseDiffSide(text, true), {
      code: "USAGE",
      message: /^Cannot compare ".*": there is no such directory$/,
    });
  }
});
