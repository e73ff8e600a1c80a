import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runCliOk } from "../support/run_cli.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const skip = process.platform !== "linux"
  ? "needs the file modes of Linux"
  : skipWithout("umoci");

/** Makes files with modes; names that end in `/` are directories. */
function plant(
  root: string,
  files: readonly (readonly [path: string, mode: number, content?: string])[],
): string {
  for (const [path, mode, content = path] of files) {
    const whole = join(root, path);
    mkdirSync(path.endsWith("/") ? whole : dirname(whole), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(whole, content);
    chmodSync(whole, mode);
  }
  return root;
}

async function unpack(layout: string, bundle: string): Promise<string> {
  const rootless = process.getuid?.() === 0 ? [] : ["--rootless"];
  await runOk("umoci", ["unpack", ...rootless, "--image", layout, bundle]);
  return join(bundle, "rootfs");
}

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o7777).toString(8);
}

test("a directory, a file and three tars become layers that others read", {
  skip: skip || skipWithout("docker-registry", "skopeo", "tar", "zstd"),
}, () =>
  withDockerRegistry({}, ({ host }) =>
    withTempDir(async (dir) => {
      plant(join(dir, "app"), [["etc/", 0o750], ["etc/main.conf", 0o640]]);
      plant(dir, [["tool", 0o755, "#!/bin/sh\n"]]);
      for (const name of ["plain", "zipped", "zstd"]) {
        plant(join(dir, name), [[`${name}/of-${name}`, 0o600]]);
      }
      const tar = (args: readonly string[]) =>
        execFileSync("tar", [...args], { cwd: dir });
      tar(["-cf", "plain.tar", "-C", "plain", "plain"]);
      tar(["-czf", "zipped.tgz", "-C", "zipped", "zipped"]);
      tar(["--zstd", "-cf", "zstd.tar.zst", "-C", "zstd", "zstd"]);
      await runCliOk([
        ...["push", "app", "tool:/usr/bin/", "plain.tar"],
        ...["zipped.tgz:/opt", "zstd.tar.zst:/srv", `${host}/layers:v1`],
        ...["--xattrs", "off"],
      ], { cwd: dir });
      await runOk("skopeo", [
        ...["copy", "--src-tls-verify=false"],
        ...[`docker://${host}/layers:v1`, `oci:${dir}/layout:v1`],
      ]);
      const root = await unpack(`${dir}/layout:v1`, `${dir}/bundle`);
      const found = [
        ["etc", "750"],
        ["etc/main.conf", "640"],
        ["usr", "755"],
        ["usr/bin/tool", "755"],
        ["plain/of-plain", "600"],
        ["opt/zipped/of-zipped", "600"],
        ["srv/zstd/of-zstd", "600"],
      ];
      for (const [path = "", mode] of found) {
        assert.equal(modeOf(join(root, path)), mode, path);
      }
    })));

test("a later layer leaves the directories of the earlier ones as they are", {
  skip,
}, async () => {
  await withTempDir(async (dir) => {
    plant(join(dir, "base"), [
      ["etc/", 0o750],
      ["tmp/", 0o1777],
      ["root/", 0o700],
      ["usr/bin/sh", 0o755],
    ]);
    symlinkSync("usr/bin", join(dir, "base", "bin"));
    plant(join(dir, "more"), [["bin/tool", 0o755]]);
    for (const path of ["etc/z", "tmp/x", "root/y"]) {
      plant(join(dir, "files"), [[path.replace("/", "-"), 0o644, path]]);
    }
    await runCliOk([
      ...["build", "base", "more", "files/etc-z:/etc/z", "files/tmp-x:/tmp/x"],
      ...["files/root-y:/root/y", "-o", `oci:${dir}/layout:v1`],
      ...["--xattrs", "off"],
    ], { cwd: dir });
    const root = await unpack(`${dir}/layout:v1`, `${dir}/bundle`);
    assert.deepEqual(
      ["etc", "tmp", "root"].map((path) => modeOf(join(root, path))),
      ["750", "1777", "700"],
    );
    assert.equal(readlinkSync(join(root, "bin")), "usr/bin");
    assert.equal(readFileSync(join(root, "usr/bin/tool"), "utf8"), "bin/tool");
    assert.equal(readFileSync(join(root, "usr/bin/sh"), "utf8"), "usr/bin/sh");
    assert.equal(readFileSync(join(root, "etc/z"), "utf8"), "etc/z");
  });
});

test("whiteouts take away what an earlier layer holds", { skip }, async () => {
  await withTempDir(async (dir) => {
    plant(join(dir, "base"), [
      ["keep", 0o644],
      ["gone", 0o644],
      ["dir/old", 0o644],
      ["tree/deep/file", 0o644],
    ]);
    plant(join(dir, "change"), [
      [".wh.gone", 0o644, ""],
      [".wh.tree", 0o644, ""],
      ["dir/.wh..wh..opq", 0o644, ""],
      ["dir/new", 0o644],
    ]);
    await runCliOk([
      ...["build", "base", "change", "--whiteouts", "--xattrs", "off"],
      ...["-o", `oci:${dir}/layout:v1`],
    ], { cwd: dir });
    const root = await unpack(`${dir}/layout:v1`, `${dir}/bundle`);
    const is = (path: string) => existsSync(join(root, path));
    assert.deepEqual(
      ["keep", "gone", "tree", "dir/old", "dir/new"].map(is),
      [true, false, false, false, true],
    );
  });
});
