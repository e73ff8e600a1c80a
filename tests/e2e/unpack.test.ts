import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { greeting } from "../../examples/write_hello.ts";
import { makeTree } from "../support/make_tree.ts";
import { skipWithout } from "../support/peers.ts";
import { readLayout } from "../support/read_layout.ts";
import { runCliOk } from "../support/run_cli.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { describeTree } from "../support/tree.ts";

const hello = fileURLToPath(new URL("../../examples/hello", import.meta.url));

/** Unpacks an image of an OCI layout into a bundle for a runtime. */
async function unpack(image: string, bundle: string): Promise<void> {
  const rootless = process.getuid?.() === 0 ? [] : ["--rootless"];
  await runOk("umoci", ["unpack", ...rootless, "--image", image, bundle]);
}

for (const compression of ["gzip", "gzip:stream", "none"]) {
  test(`umoci gives back the tree that was packed with ${compression}`, {
    skip: skipWithout("umoci"),
  }, async () => {
    await withTempDir(async (directory) => {
      const source = join(directory, "source");
      await mkdir(source);
      await makeTree(source);
      await runCliOk([
        ...["build", source, "--compression", compression],
        ...["-o", `oci:${directory}/layout:v1`],
      ]);
      await readLayout(`${directory}/layout`);
      await unpack(`${directory}/layout:v1`, `${directory}/bundle`);
      const unpacked = await describeTree(`${directory}/bundle/rootfs`);
      assert.deepEqual(unpacked, await describeTree(source));
    });
  });
}

test("umoci finds layers where the destination puts them", {
  skip: skipWithout("umoci"),
}, async () => {
  await withTempDir(async (directory) => {
    const source = join(directory, "source");
    await mkdir(source);
    await makeTree(source);
    await runCliOk([
      ...["build", `${source}:/opt/app`, `${hello}:/`],
      ...["-o", `oci:${directory}/layout:v1`],
    ]);
    await unpack(`${directory}/layout:v1`, `${directory}/bundle`);
    const root = `${directory}/bundle/rootfs`;
    assert.deepEqual(
      await describeTree(`${root}/opt/app`),
      await describeTree(source),
    );
    assert.deepEqual(
      await readFile(`${root}/hello`),
      await readFile(`${hello}/hello`),
    );
  });
});

/** Containers need root, and rights that root may lack inside of another one. */
function skipWithoutContainers(): string | false {
  const missing = skipWithout("umoci", "runc");
  if (missing) return missing;
  if (process.arch !== "x64") return "needs x86-64";
  if (process.getuid?.() !== 0) return "needs root";
  const args = ["--mount", "--pid", "--uts", "--ipc", "--fork", "true"];
  const { status } = spawnSync("unshare", args);
  return status !== 0 && "needs the right to make namespaces";
}

test("runc runs the program of examples/hello", {
  skip: skipWithoutContainers(),
}, async () => {
  await withTempDir(async (directory) => {
    await runCliOk([
      ...["build", hello, "--entrypoint", "/hello"],
      ...["-o", `oci:${directory}/layout:v1`],
    ]);
    const bundle = `${directory}/bundle`;
    await unpack(`${directory}/layout:v1`, bundle);
    const config = JSON.parse(await readFile(`${bundle}/config.json`, "utf8"));
    config.process.terminal = false;
    await writeFile(`${bundle}/config.json`, JSON.stringify(config));
    const args = ["--root", `${directory}/runc`, "run", randomUUID()];
    assert.equal(await runOk("runc", args, { cwd: bundle }), greeting);
  });
});
