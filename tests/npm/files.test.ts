import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { packageDirectory, packageFiles, skip } from "../support/installed.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) =>
  readFileSync(join(packageDirectory, path), "utf8");

test(
  "the package holds compiled modules, their types and documents",
  { skip },
  () => {
    const outside = packageFiles().filter((path) =>
      !/^src\/[\w/]+\.(js|d\.ts)$/.test(path)
    );
    assert.deepEqual(outside, [
      "CHANGES.md",
      "LICENSE",
      "README.md",
      "cli.d.ts",
      "cli.js",
      "mod.d.ts",
      "mod.js",
      "node_modules/libdeflate/LICENSE.txt",
      "node_modules/libdeflate/README.md",
      "node_modules/libdeflate/dist/libdeflate.wasm.mjs",
      "node_modules/libdeflate/index.d.ts",
      "node_modules/libdeflate/index.js",
      "node_modules/libdeflate/package.json",
      "package.json",
    ]);
  },
);

test(
  "no file tells where it was built, or maps back to sources",
  { skip },
  () => {
    for (const path of packageFiles()) {
      const text = read(path);
      for (const trace of [root, "file:///", "sourceMappingURL"]) {
        assert.ok(!text.includes(trace), `${path} holds ${trace}`);
      }
    }
  },
);

test("the command is executable and asks for Node", { skip }, () => {
  assert.match(read("cli.js"), /^#!\/usr\/bin\/env node\n/);
  assert.equal(statSync(join(packageDirectory, "cli.js")).mode & 0o111, 0o111);
});

test(
  "the manifest names exactly what the sources are tested with",
  { skip },
  () => {
    const manifest = JSON.parse(read("package.json"));
    const config = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
    assert.equal(manifest.version, config.version);
    assert.equal(manifest.license, "MIT");
    assert.deepEqual(manifest.bin, { scratchbuild: "./cli.js" });
    assert.deepEqual(
      Object.keys(manifest.exports),
      Object.keys(config.exports),
    );
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      assert.equal(config.imports[name], `npm:${name}@${version}`);
    }
  },
);
