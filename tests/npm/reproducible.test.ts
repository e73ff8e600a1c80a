import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { skip, tarball } from "../support/installed.ts";
import { runOk } from "../support/run.ts";

test("packing again gives the same bytes", { skip }, async () => {
  const before = readFileSync(tarball);
  await runOk("deno", ["task", "--quiet", "build:npm"], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
  });
  assert.ok(before.equals(readFileSync(tarball)));
});
