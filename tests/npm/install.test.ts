import assert from "node:assert/strict";
import { test } from "node:test";
import { skip, tarball } from "../support/installed.ts";
import { run } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const quiet = ["--no-audit", "--no-fund"];

test("npm installs it without a word about engines, also from a lock file", {
  skip,
}, async () => {
  await withTempDir(async (directory) => {
    for (const command of [["install", tarball], ["install"], ["ci"]]) {
      const { code, stderr } = await run("npm", [
        ...command,
        ...["--prefix", directory, "--loglevel=warn", ...quiet],
      ]);
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /EBADENGINE|deprecated/);
    }
  });
});
