import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { scanModule } from "../support/scan_module.ts";

/** The modules that are loaded with one, before anything of it runs. */
function loadedWith(path: string, found = new Set<string>()): Set<string> {
  const url = new URL(`../../${path}`, import.meta.url);
  found.add(path);
  // Imports of types leave nothing to load.
  const source = readFileSync(url, "utf8")
    .replace(/^import type [^]*? from ".*";$/gm, "");
  for (const { specifier, form } of scanModule(source).references) {
    if (form === "dynamic" || form === "query") continue;
    if (specifier === undefined || !specifier.startsWith(".")) {
      found.add(specifier ?? "");
      continue;
    }
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
    if (!found.has(target)) loadedWith(target, found);
  }
  return found;
}

const isPackage = (path: string) => !path.endsWith(".ts");
const isElsewhere = (path: string) =>
  path.endsWith(".ts") && !path.startsWith("src/cli/") && path !== "cli.ts";

test("the version loads next to nothing", () => {
  const loaded = [...loadedWith("cli.ts")];
  assert.deepEqual(loaded.filter(isPackage), ["node:process"]);
  assert.deepEqual(loaded.filter(isElsewhere).sort(), [
    "src/machine/system_error.ts",
    "src/spec/error.ts",
    "src/spec/printable.ts",
    "src/spec/version.ts",
  ]);
  assert.ok(loaded.length < 16, `${loaded}`);
});

test("help loads no more than it needs", () => {
  const loaded = [...loadedWith("src/cli/run_cli.ts")];
  assert.deepEqual(loaded.filter(isPackage).sort(), [
    "@stricli/core",
    "node:process",
  ]);
  assert.deepEqual(loaded.filter(isElsewhere).sort(), [
    "src/compression/limits.ts",
    "src/spec/config_rules.ts",
    "src/spec/date_time.ts",
    "src/spec/error.ts",
    "src/spec/platform.ts",
    "src/spec/printable.ts",
    "src/spec/version.ts",
  ]);
  assert.ok(!loaded.some((path) => path.startsWith("src/cli/progress/")));
  assert.ok(!loaded.some((path) => path.endsWith("/run_build.ts")));
});
