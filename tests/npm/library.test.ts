import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { installedRuntimes, prefix, skip } from "../support/installed.ts";
import { runOk } from "../support/run.ts";

const program = `
import { createImage, createLayer, directory } from "@x/scratchbuild";
import * as core from "@x/scratchbuild/core";

if (core.createImage !== createImage) throw new Error("two copies");
if ("directory" in core) throw new Error("core knows the machine");
const layer = await createLayer(directory(process.argv[2]));
const image = await createImage({ layers: [layer] });
console.log(image.manifest.descriptor.digest);
await layer[Symbol.asyncDispose]();
`;

const types = `
import { createLayer, directory, type Layer, Registry } from "@x/scratchbuild";
import { digestOf } from "@x/scratchbuild/core";

export const layer: Promise<Layer> = createLayer(directory("."));
// @ts-expect-error: A directory is a path.
directory(1);
// @ts-expect-error: A registry needs a reference.
new Registry();
// @ts-expect-error: Digests are promised.
digestOf(new Uint8Array()).length;
`;

test(
  "the library builds the same image on each runtime",
  { skip },
  async () => {
    const file = join(prefix, "library.mjs");
    await writeFile(file, program);
    const directory = join(prefix, "node_modules/@x/scratchbuild/src");
    const digests = new Set<string>();
    for (const [, runtime] of installedRuntimes) {
      digests.add(await runOk(runtime, [file, directory]));
    }
    const [digest, ...others] = digests;
    assert.match(digest ?? "", /^sha256:[\da-f]{64}\n$/);
    assert.deepEqual(others, []);
  },
);

test("the package brings its types along", { skip }, async () => {
  const file = join(prefix, "types.ts");
  await writeFile(file, types);
  await runOk("deno", ["check", "--quiet", file], { cwd: prefix });
});
