import assert from "node:assert/strict";
import { test } from "node:test";
import {
  completeManifest,
  withoutEngines,
} from "../../scripts/npm_manifest.ts";

const imports = {
  "@noble/hashes": "npm:@noble/hashes@2.4.0",
  "fast-check": "npm:fast-check@4.10.2",
  libdeflate: "npm:libdeflate@0.1.0",
  loose: "npm:loose@^1.0.0",
};

test("completeManifest pins what the package imports, and nothing else", () => {
  const { dependencies } = completeManifest({
    name: "@x/y",
    dependencies: { libdeflate: "^0.1.0", "@noble/hashes": "^2.4.0" },
  }, { imports });
  assert.deepEqual(dependencies, {
    "@noble/hashes": "2.4.0",
    libdeflate: "0.1.0",
  });
});

test("completeManifest keeps what is there", () => {
  const { name, bin } = completeManifest({ name: "@x/y" }, { imports });
  assert.equal(name, "@x/y");
  assert.deepEqual(bin, { scratchbuild: "./cli.js" });
});

test("completeManifest refuses a dependency without an exact version", () => {
  for (const name of ["loose", "unknown"]) {
    assert.throws(
      () =>
        completeManifest({ dependencies: { [name]: "^1.0.0" } }, { imports }),
      { message: `Cannot pin ${name}: deno.json names no exact version of it` },
    );
  }
});

test("withoutEngines leaves the rest as it is", () => {
  assert.deepEqual(
    withoutEngines({ name: "a", engines: { node: ">=24" }, license: "MIT" }),
    { name: "a", license: "MIT" },
  );
});
