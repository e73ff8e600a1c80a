import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runtimes } from "../../scripts/runtimes.ts";

test("README.md names the pinned Deno, and no other", () => {
  const readme = readFileSync(
    new URL("../../README.md", import.meta.url),
    "utf8",
  );
  const named = readme.match(/\bdeno@[\w.-]*\d/g) ?? [];
  assert.deepEqual([...new Set(named)], [`deno@${runtimes.deno}`]);
});
