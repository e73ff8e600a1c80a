import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { baseLower } from "../../src/image/base_lower.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayerFromPath } from "../../src/machine/create_layer_from_path.ts";
import { openSource } from "../../src/machine/open_source.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";
import { pull } from "../../src/transfer/pull.ts";
import {
  BASE_DIRECTORIES,
  BASE_LINKS,
  BASE_TIME,
  busyboxBase,
} from "../support/busybox_base.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const isRoot = process.getuid?.() === 0;
const skip = process.platform !== "linux"
  ? "needs the file modes of Linux"
  : skipWithout("busybox", "umoci");

/** What is put on the base, none of it as the base has it. */
function plantSource(root: string): string {
  const files = {
    "bin/tool": "#!/bin/sh\necho tool with $(busybox cat /tmp/x)\n",
    "tmp/x": "x",
    "root/y": "y",
    "etc/z": "z",
    "srv/s": "s",
    "new/n": "n",
  };
  for (const [path, content] of Object.entries(files)) {
    const whole = join(root, path);
    mkdirSync(dirname(whole), { recursive: true });
    chmodSync(dirname(whole), 0o755);
    writeFileSync(whole, content);
    chmodSync(whole, 0o755);
  }
  return root;
}

/** Puts the source on the base, in two layers, and unpacks the image. */
async function unpackOnBase(dir: string): Promise<string> {
  const at = { kind: "oci", path: `${dir}/layout` } as const;
  await openTarget({ ...at, tag: "base" }).write(await busyboxBase());
  const base = await pull(openSource({ ...at, tag: "base" }));
  const below = new LowerLayers(baseLower(base.layers));
  const source = plantSource(join(dir, "source"));
  const layers = [];
  for (const [path, prefix] of [[source, "/"], [`${source}/new`, "/srv"]]) {
    layers.push(
      await createLayerFromPath(path ?? "", {
        prefix: prefix ?? "",
        directory: { xattrs: "off" },
        owner: { uid: 7, gid: 7 },
        mode: { keep: 0o700, add: 0o055 },
        lower: below.find.bind(below),
        onArranged: below.add.bind(below),
      }),
    );
  }
  const image = await createImage({
    base,
    layers,
    config: { Cmd: ["/bin/tool"] },
  });
  await openTarget({ ...at, tag: "app" }).write(image);
  const bundle = `${dir}/bundle`;
  const rootless = isRoot ? [] : ["--rootless"];
  await runOk("umoci", [
    ...["unpack", ...rootless, "--image", `${dir}/layout:app`, bundle],
  ]);
  return bundle;
}

/** Containers need root, and rights that root may lack inside of another one. */
function skipWithoutContainers(): string | false {
  const missing = skip || skipWithout("runc");
  if (missing) return missing;
  if (!isRoot) return "needs root";
  const args = ["--mount", "--pid", "--uts", "--ipc", "--fork", "true"];
  const { status } = spawnSync("unshare", args);
  return status !== 0 && "needs the right to make namespaces";
}

test(
  "the directories and links of a base stay as they are",
  { skip },
  async () => {
    await withTempDir(async (dir) => {
      const root = join(await unpackOnBase(dir), "rootfs");
      for (const [path, expected] of Object.entries(BASE_DIRECTORIES)) {
        const { mode, uid, gid, mtimeMs } = lstatSync(join(root, path));
        const found = [(mode & 0o7777).toString(8), `${uid}:${gid}`];
        if (isRoot) assert.deepEqual(found, expected, path);
        else assert.equal(found[0], expected[0], path);
        assert.equal(mtimeMs, BASE_TIME * 1000, path);
      }
      for (const [path, target] of Object.entries(BASE_LINKS)) {
        assert.equal(readlinkSync(join(root, path)), target, path);
      }
      const modeOf = (path: string) =>
        lstatSync(join(root, path)).mode & 0o7777;
      assert.equal(modeOf("usr/bin/su"), 0o4755);
      assert.equal(modeOf("usr/bin/tool"), 0o755);
      assert.equal(modeOf("new"), 0o755);
      assert.equal(lstatSync(join(root, "usr/bin/sh")).nlink, 2);
      for (const path of ["tmp/x", "root/y", "etc/z", "srv/s", "srv/n"]) {
        const content = readFileSync(join(root, path), "utf8");
        assert.equal(content, path.slice(-1), path);
      }
      assert.throws(() => lstatSync(join(root, "usr/sbin/old")));
      if (isRoot) assert.equal(lstatSync(join(root, "new")).uid, 7);
    });
  },
);

test("a program that was put behind a link of a base runs", {
  skip: skipWithoutContainers(),
}, async () => {
  await withTempDir(async (dir) => {
    const bundle = await unpackOnBase(dir);
    const path = `${bundle}/config.json`;
    const config = JSON.parse(readFileSync(path, "utf8"));
    assert.deepEqual(config.process.args, ["/bin/tool"]);
    config.process.terminal = false;
    writeFileSync(path, JSON.stringify(config));
    const args = ["--root", `${dir}/runc`, "run", randomUUID()];
    assert.equal(await runOk("runc", args, { cwd: bundle }), "tool with x\n");
  });
});
