import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { LayerWarning } from "../../src/tar/layer_warning.ts";

async function warnings(...paths: string[]): Promise<LayerWarning[]> {
  const warnings: LayerWarning[] = [];
  await arrangeEntries(
    paths.map((path) => ({ type: "file", path, body: "" })),
    { onWarning: (warning) => warnings.push(warning) },
  );
  return warnings;
}

test("names that differ in case only are warned of, and stay", async () => {
  const [warning, ...others] = await warnings("a/README", "a/readme", "README");
  assert.deepEqual(others, []);
  assert.equal(warning?.code, "NAMES");
  assert.equal(warning.path, "a/readme");
  assert.match(
    warning.message,
    /^a\/README and a\/readme differ only in upper and lower case: /,
  );
});

test("directories count, and what is in them is not told of again", async () => {
  const seen = await warnings("Src/a", "Src/b", "src/a", "src/B");
  assert.deepEqual(seen.map(({ path }) => path), ["src"]);
});

test("case is that of Unicode", async () => {
  for (const [a, b] of [["É", "é"], ["ΟΔΟΣ", "οδος"], ["Straße", "STRASSE"]]) {
    assert.equal((await warnings(a!, b!)).length, 1, a);
  }
  assert.equal((await warnings("é", "e")).length, 0);
});

test("NFC and NFD are kept apart and warned of", async () => {
  const [warning] = await warnings("u\u0308", "ü");
  assert.match(warning?.message ?? "", /only in the Unicode form/);
});

test("a name with a line end is shown on one line", async () => {
  const [warning] = await warnings("a\nb", "A\nb");
  assert.ok(!warning?.message.includes("\n"));
});
