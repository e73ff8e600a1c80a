import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

/** The names in the export lists of a module, types as well as values. */
function exportedNames(source: string): Set<string> {
  const lists = source.matchAll(/export (?:type )?\{([^}]*)\}/g);
  return new Set(
    [...lists].flatMap(([, list = ""]) => list.split(","))
      .map((name) => name.trim().replace(/^type |^\w+ as /, ""))
      .filter((name) => name !== ""),
  );
}

test("mod.ts has every name of the core", () => {
  const core = exportedNames(read("../src/core.ts"));
  const mod = exportedNames(read("../mod.ts"));
  assert.ok(core.has("createLayer") && core.has("Entry"));
  assert.deepEqual([...core].filter((name) => !mod.has(name)), []);
});

test("the lists of names are what the modules export", async () => {
  for (const path of ["../mod.ts", "../src/core.ts"]) {
    const values = Object.keys(await import(path));
    const names = exportedNames(read(path));
    assert.deepEqual(values.filter((name) => !names.has(name)), []);
  }
});

test("what the machine brings is used where the core has a default", async () => {
  const core = await import("../src/core.ts");
  const mod = await import("../mod.ts");
  assert.notEqual(mod.createLayer, core.createLayer);
  assert.ok(new mod.Registry("localhost/a") instanceof core.Registry);
});
