import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { checkOutside } from "../../../src/cli/commands/check_outside.ts";
import { withTempDir } from "../../support/temp_dir.ts";

test("nothing is written into what goes into the image, nor over it", () =>
  withTempDir(async (root) => {
    await mkdir(join(root, "dir"));
    await writeFile(join(root, "file"), "");
    await symlink("dir", join(root, "dir-link"));
    await symlink("file", join(root, "file-link"));
    const rows: [source: string, output: string, isRefused: boolean][] = [
      ["dir", "dir", true],
      ["dir", "dir/new/out.tar", true],
      ["dir", "dir-link/out.tar", true],
      ["dir-link", "dir/out.tar", true],
      ["dir", "dir2/out.tar", false],
      ["dir", "file", false],
      ["file", "file", true],
      ["file", "file-link", true],
      ["file-link", "dir/../file", true],
      ["file", "file2", false],
      ["file", "file.tar", false],
      ["file", "dir/file", false],
      ["file", "", false],
    ];
    for (const [source, output, isRefused] of rows) {
      const check = () =>
        checkOutside([join(root, source)], [join(root, output)]);
      const what = `${source} ${output}`;
      if (isRefused) {
        assert.throws(check, { code: "USAGE", message: /elsewhere$/ }, what);
      } else check();
    }
  }));
