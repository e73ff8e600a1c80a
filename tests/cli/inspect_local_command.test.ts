import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { parseLocation } from "../../src/machine/location.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import { push } from "../../src/transfer/push.ts";
import { corpusFile, skipWithoutCorpora } from "../support/corpora.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";

const file = (path: string, size: number) => ({
  type: "file" as const,
  path,
  body: new Blob([new Uint8Array(size)]),
});

/** Runs the command, which has to succeed without a word beside its output. */
async function inspect(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await runInProcess(["inspect", ...args]);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  return stdout;
}

test("all that is on this computer is read, whatever its size", () =>
  withTempDir(async (root) => {
    const images = [];
    for (const architecture of ["amd64", "arm64"]) {
      const layer = await createLayer([file(architecture, 40 * 1024 * 1024)], {
        compression: "none",
      });
      images.push(
        await createImage({
          layers: [await createLayer([file("a", 1)]), layer],
          platform: { os: "linux", architecture },
        }),
      );
    }
    const location = `oci:${join(root, "image")}:1`;
    const target = openTarget(parseLocation(location));
    await push(await createIndex({ images }), target);
    const stdout = await inspect(location);
    assert.ok(stdout.startsWith(`name    ${location}\n`), stdout);
    assert.match(stdout, /^\* linux\/amd64 {3}41\.9 MB {2}sha256:/m);
    assert.match(stdout, /^ {2}linux\/arm64 {3}41\.9 MB {2}sha256:/m);
    assert.match(stdout, / compressed, 41\.9 MB unpacked, in 2 layers$/m);
  }));

test(
  "inspect shows an image of another program",
  { skip: skipWithoutCorpora },
  async () => {
    const path = corpusFile("ggcr-tarball/hello-world-v25.tar");
    const stdout = await inspect(path, "--layers");
    assert.match(stdout, /^type {4}OCI image for linux\/arm64$/m);
    assert.match(stdout, /^created {6}2023-05-02 16:49:27 UTC$/m);
    assert.match(stdout, /^ {2}1 {2}COPY hello \/\n.*\n {5}1 entry$/m);
    assert.match(stdout, /^ {2}- {2}CMD \["\/hello"\]$/m);
  },
);
