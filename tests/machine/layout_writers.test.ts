import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chunksOf } from "../../src/bytes/byte_source.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { LayoutDirectory } from "../../src/machine/layout_directory.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import { moduleCommand, runModule } from "../support/run_module.ts";
import { withTempDir } from "../support/temp_dir.ts";

const writer = "tests/machine/write_tags.ts";

const layer = await createLayer([{ type: "file", path: "x", body: "x" }]);
const image = await createImage({ layers: [layer] });

/** Reads a layout whole, checks it, and gives its tags, sorted. */
async function tagsOf(path: string): Promise<string[]> {
  const blobs = join(path, "blobs", "sha256");
  for (const name of readdirSync(blobs)) {
    const bytes = readFileSync(join(blobs, name));
    if (/^[\da-f]{64}$/.test(name)) {
      assert.equal(await digestOf(bytes), `sha256:${name}`);
    } else assert.match(name, /^\.scratchbuild-.*\.tmp$/);
  }
  const blob = ({ digest }: Descriptor) =>
    readFileSync(join(blobs, digest.replace("sha256:", "")), "utf8");
  const json = (text: string) => JSON.parse(text);
  const { manifests } = json(readFileSync(join(path, "index.json"), "utf8"));
  for (const manifest of manifests) {
    const { config, layers } = json(blob(manifest));
    for (const descriptor of [config, ...layers]) blob(descriptor);
  }
  return manifests.map(({ annotations }: Descriptor) =>
    annotations?.["org.opencontainers.image.ref.name"]
  ).sort();
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${at}`);
}

for (
  const [what, prepare] of [
    ["a new layout", () => {}],
    ["an empty directory", (path) => mkdirSync(path)],
    ["a layout that is there", async (path) => {
      await new LayoutDirectory(path, { name: "oci:x", tags: ["old"] })
        .write(image);
    }],
  ] as [string, (path: string) => void | Promise<void>][]
) {
  test(`several processes that write ${what} at once lose nothing`, async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "layout");
      await prepare(path);
      const old = existsSync(join(path, "index.json")) ? ["old"] : [];
      const ofProcess = ["a", "b", "c"].map((name) => names(name, 8));
      const results = await Promise.all(
        ofProcess.map((tags) => runModule(writer, [path, ...tags])),
      );
      assert.deepEqual(results.map(({ stderr }) => stderr), ["", "", ""]);
      assert.deepEqual(
        await tagsOf(path),
        [...old, ...ofProcess.flat()].sort(),
      );
      assert.deepEqual(readdirSync(dir), ["layout"]);
      assert.deepEqual(readdirSync(path).sort(), [
        "blobs",
        "index.json",
        "oci-layout",
      ]);
    });
  });
}

test("many writings at once in one process lose nothing", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "layout");
    const tags = names("t", 12);
    await Promise.all(
      tags.map((tag) =>
        new LayoutDirectory(path, { name: "oci:x", tags: [tag] }).write(image)
      ),
    );
    assert.deepEqual(await tagsOf(path), [...tags].sort());
    assert.deepEqual(readdirSync(dir), ["layout"]);
  });
});

test("who comes second to a new layout reads no blob again", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "layout");
    let opened = 0;
    const counted = {
      ...image,
      layers: [{
        ...layer,
        chunks: async function* () {
          opened++;
          await new LayoutDirectory(path, { name: "oci:x", tags: ["first"] })
            .write(image);
          yield* chunksOf(layer);
        },
      }],
    };
    await new LayoutDirectory(path, { name: "oci:x", tags: ["second"] })
      .write(counted);
    assert.equal(opened, 1);
    assert.deepEqual(await tagsOf(path), ["first", "second"]);
  });
});

test("a writer that is killed leaves a layout, which the next one adds to", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "layout");
    const lock = join(path, ".index.json.scratchbuild-lock");
    for (let round = 0; round < 3; round++) {
      const written = await killAfter(
        [path, ...names(`r${round}-`, 500)],
        3 + 4 * round,
      );
      const tags = await tagsOf(path);
      for (const tag of written) assert.ok(tags.includes(tag), tag);
      // Its lock, which it may have left, is broken when it is old.
      if (round === 2 || existsSync(lock)) leaveOldLock(lock);
    }
    await new LayoutDirectory(path, { name: "oci:x", tags: ["z"] })
      .write(image);
    assert.ok((await tagsOf(path)).includes("z"));
    assert.ok(!existsSync(lock));
  });
});

function leaveOldLock(lock: string): void {
  writeFileSync(lock, "1 x\n");
  const old = Date.now() / 1000 - 60;
  utimesSync(lock, old, old);
}

/** Kills a writer once it has said so many tags; gives those that it said. */
function killAfter(args: string[], count: number): Promise<string[]> {
  const child = spawn(...moduleCommand(writer, args), {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Uint8Array) => {
    said += chunk;
    if (said.split("\n").length > count) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_, signal) => {
      if (signal !== "SIGKILL") reject(new Error("it came to its end"));
      resolve(said.split("\n").slice(0, -1));
    });
  });
}
