import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { skipWithout } from "../support/peers.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** Root reads every file, unless it gives that right away. */
const isRoot = process.getuid?.() === 0;
const through = isRoot
  ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
  : [];
const skip = process.platform === "linux"
  ? isRoot && skipWithout("setpriv")
  : "needs the permissions of Linux";

for (const kind of ["file", "directory"] as const) {
  test(`a ${kind} that cannot be read stops the build and is named`, {
    skip,
  }, async () => {
    await withTempDir(async (dir) => {
      const source = join(dir, "source");
      const secret = join(source, "secret");
      mkdirSync(source);
      if (kind === "file") writeFileSync(secret, "");
      else mkdirSync(secret);
      chmodSync(secret, 0);
      const output = join(dir, "image.tar");
      writeFileSync(output, "before");
      const { code, stdout, stderr } = await runCli(
        ["build", source, "-o", output, "--quiet"],
        { through },
      );
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.equal(
        stderr,
        `scratchbuild: Cannot pack ${secret}: permission denied; ` +
          "make it readable or leave it out\n",
      );
      assert.equal(readFileSync(output, "utf8"), "before");
      assert.deepEqual(readdirSync(dir).sort(), ["image.tar", "source"]);
      chmodSync(secret, 0o700);
    });
  });
}

test("a file with credentials that cannot be read is an error, and named", {
  skip,
}, async () => {
  await withTempDir(async (dir) => {
    const file = join(dir, "config.json");
    writeFileSync(file, "{}");
    chmodSync(file, 0);
    const { code, stdout, stderr } = await runCli(
      ["auth", "ghcr.io/me/app"],
      { through, env: { DOCKER_CONFIG: dir } },
    );
    assert.equal(code, 3);
    assert.equal(stdout, "");
    assert.equal(
      stderr,
      `scratchbuild: Cannot read ${file}: permission denied. ` +
        "Make it readable for the user that runs this\n",
    );
  });
});
