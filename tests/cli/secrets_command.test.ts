import assert from "node:assert/strict";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { packTar } from "modern-tar";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n";

/** Lends a directory with a source that holds secrets. */
function withSecrets(use: (root: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    await mkdir(join(root, "src/keys"), { recursive: true });
    await writeFile(join(root, "src/.env"), "TOKEN=hunter2\n");
    await writeFile(join(root, "src/keys/id_rsa"), KEY);
    await writeFile(join(root, "src/main"), "main\n");
    await use(root);
  });
}

function build(root: string, ...argv: string[]) {
  return runInProcess([
    ...["build", "--xattrs", "off", "-o", `oci:${root}/out`, ...argv],
  ]);
}

/** The warnings among the lines, without the directory. */
function warnings(stderr: string, root: string): string[] {
  return stderr.replaceAll(root, "DIR").split("\n")
    .filter((line) => line.startsWith("scratchbuild: warning: "));
}

test("secrets are warned of, and the image is built", () =>
  withSecrets(async (root) => {
    const { status, stderr } = await build(root, `${root}/src:/app`);
    assert.equal(status, 0, stderr);
    const [line = "", ...others] = warnings(stderr, root);
    assert.deepEqual(others, []);
    assert.match(
      line,
      /: DIR\/src holds what should not be in an image: \.env \([^()]+\), keys\/id_rsa \([^()]+\); name them in DIR\/src\/\.dockerignore, or allow them with --allow-secret PATTERN$/,
    );
    assert.ok(!stderr.includes("hunter2"));
    assert.ok(!stderr.includes("c2VjcmV0"));
  }));

test("every layer has its warning", () =>
  withSecrets(async (root) => {
    const tar = await packTar([{
      header: { name: "id_ed25519", size: KEY.length, type: "file" },
      body: KEY,
    }]);
    await writeFile(join(root, "keys.tar"), tar);
    const key = `${root}/src/keys/id_rsa`;
    const { status, stderr } = await build(root, key, `${root}/keys.tar`);
    assert.equal(status, 0, stderr);
    const lines = warnings(stderr, root);
    assert.equal(lines.length, 2, stderr);
    assert.match(
      lines[0] ?? "",
      /id_rsa holds .*; leave it out of the command/,
    );
    assert.match(lines[1] ?? "", /id_ed25519 .*; leave it out of the tar, or/);
  }));

test("a source is told by where it comes from, and where it goes", {
  skip: process.platform === "win32" && "compares paths with /",
}, () =>
  withTempDir(async (root) => {
    await mkdir(join(root, ".aws"));
    await mkdir(join(root, ".docker"));
    await mkdir(join(root, ".git/tree"), { recursive: true });
    await writeFile(join(root, ".aws/config"), "a");
    await writeFile(join(root, ".docker/config.json"), "{}");
    await writeFile(join(root, ".env"), "A=b");
    await writeFile(join(root, ".git/tree/config"), "a");
    await symlink(".aws/config", join(root, "link"));
    const found = async (...argv: string[]) => {
      const { stderr } = await build(root, ...argv);
      return warnings(stderr, root).map((line) =>
        line.replace(/^.* an image: (.*); .*$/, "$1")
      );
    };
    const aws = "config (credentials for AWS)";
    for (const source of [".aws/config", ".aws", ".aws:/a", "link:/config"]) {
      assert.deepEqual(await found(`${root}/${source}`), [aws], source);
    }
    const tree = `${root}/.git/tree`;
    assert.deepEqual(await found(`${tree}:/root/.aws`), [aws]);
    assert.deepEqual(await found(`${tree}/config:/root/.aws/`), [aws]);
    assert.deepEqual(await found(`${root}/.docker/config.json:/a`), [
      "a (credentials for registries)",
    ]);
    assert.deepEqual(await found(`${root}/.env:/app/settings`), [
      "settings (an environment file)",
    ]);
    // A worktree can lie in there.
    assert.deepEqual(await found(tree), []);
    assert.deepEqual(
      await found(`${root}/.aws`, "--allow-secret", "config"),
      [],
    );
  }));

test("--secrets error stops the build before anything is written", () =>
  withSecrets(async (root) => {
    const flags = ["--secrets", "error"];
    const { status, stdout, stderr } = await build(
      ...[root, `${root}/src:/app`, ...flags] as const,
    );
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr.replaceAll(root, "DIR"),
      /^scratchbuild: Cannot pack DIR\/src: it holds what should not be in an image: \.env [^\n]*\n$/,
    );
    assert.deepEqual(await readdir(root), ["src"]);
  }));

test("what is left out or allowed is no secret", () =>
  withSecrets(async (root) => {
    const source = `${root}/src:/app`;
    const allow = ["--allow-secret", ".env", "--allow-secret", "keys/*"];
    for (const flags of [allow, ["--allow-secret", "**"]]) {
      const argv = [source, "--secrets", "error", ...flags];
      const { status, stderr } = await build(root, ...argv);
      assert.equal(status, 0, stderr);
    }
    const off = await build(root, source, "--secrets", "off");
    assert.deepEqual(warnings(off.stderr, root), []);
    await writeFile(join(root, "src/.dockerignore"), ".env\nkeys\n");
    const ignored = await build(root, source, "--secrets", "error");
    assert.equal(ignored.status, 0, ignored.stderr);
    const all = await build(root, source, "--secrets=error", "--no-ignore");
    assert.equal(all.status, 1);
    assert.match(all.stderr, /\.dockerignore and leave --no-ignore out, or/);
  }));

test("the image does not depend on whether secrets are looked for", () =>
  withSecrets(async (root) => {
    const digests = new Set<string>();
    for (const flags of [[], ["--secrets", "off"], ["--allow-secret", "*"]]) {
      const { stdout } = await build(root, `${root}/src`, ...flags);
      digests.add(stdout);
    }
    assert.equal(digests.size, 1);
  }));
