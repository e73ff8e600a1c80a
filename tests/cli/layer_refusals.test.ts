import assert from "node:assert/strict";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";

/** Lends a directory with a source of each kind. */
function withSources(use: (root: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    await mkdir(join(root, "dist"));
    await writeFile(join(root, "dist/file"), "content\n");
    await writeFile(join(root, "tool"), "tool\n");
    await writeFile(join(root, "empty.tar"), new Uint8Array(1024));
    await writeFile(join(root, "cut.tar"), new Uint8Array(512).fill(65));
    await use(root);
  });
}

type Row = [argv: string[], status: number, message: string | RegExp];

/** Each call fails with one line, and leaves everything as it was. */
async function assertRefused(root: string, rows: readonly Row[]) {
  const before = await readdir(root);
  for (const [argv, expected, message] of rows) {
    const args = argv.map((argument) => argument.replace("DIR", root));
    const { status, stdout, stderr } = await runInProcess([
      ...["build", "--xattrs", "off", "--progress", "none", ...args],
    ]);
    const line = stderr.replaceAll(root, "DIR");
    assert.equal(status, expected, line);
    assert.equal(stdout, "");
    if (typeof message === "string") {
      assert.equal(line, `scratchbuild: ${message}\n`);
    } else {
      assert.match(line, /^scratchbuild: Cannot [^\n]*\n$/);
      assert.match(line, message);
    }
    assert.deepEqual(await readdir(root), before);
  }
}

const out = ["-o", "DIR/out.tar"];

test("sources that are not there, or that nothing can be made of", () =>
  withSources((root) =>
    assertRefused(root, [
      [
        ["DIR/none", ...out],
        1,
        "Cannot pack DIR/none: it does not exist; check the path",
      ],
      [
        ["DIR/none:app", ...out],
        2,
        "Cannot pack DIR/none:app: it does not exist; check the path; " +
        "the path in the image must be absolute, as in DIR/none:/app",
      ],
      [["DIR/tool/x", ...out], 1, /^scratchbuild: Cannot pack DIR\/tool\/x: /],
      [["DIR/cut.tar", ...out], 1, /DIR\/cut\.tar/],
      [["DIR/cut.tar:/x", ...out], 1, /DIR\/cut\.tar/],
      [["/dev/null", ...out], 1, /^scratchbuild: Cannot pack \/dev\/null: /],
    ])
  ));

test("flags that no source can follow", () =>
  withSources((root) =>
    assertRefused(root, [
      [
        ["DIR/tool", "DIR/empty.tar", "--ignore-file", "DIR/tool", ...out],
        2,
        "Cannot use --ignore-file: it is for directories, and no SRC is one; " +
        "leave it out",
      ],
      [
        ["DIR/tool", "--dereference", ...out],
        2,
        "Cannot use --dereference: it is for directories, and no SRC is one; " +
        "leave it out",
      ],
      [
        ["DIR/empty.tar", "--modes", "git", ...out],
        2,
        "Cannot use --modes git: it is for directories and files, and a tar " +
        "keeps its modes; leave it out",
      ],
    ])
  ));

test("an ignore file that is not there, or that cannot be right", () =>
  withSources(async (root) => {
    await writeFile(join(root, "bad"), "ok\n[\n");
    await assertRefused(root, [
      [
        ["DIR/dist", "--ignore-file", "DIR/none", ...out],
        1,
        "Cannot pack DIR/none: there is no such ignore file; check the path",
      ],
      [["DIR/dist", "--ignore-file", "DIR/bad", ...out], 2, /DIR\/bad says: /],
      [["DIR/dist", "--ignore-file", "DIR", ...out], 1, /Cannot pack DIR: /],
    ]);
  }));

test("an output in place of a source", () =>
  withSources(async (root) => {
    await symlink("empty.tar", join(root, "alias.tar"));
    const itself = "it goes into the image itself; write it elsewhere";
    await assertRefused(root, [
      [
        ["DIR/empty.tar", "-o", "DIR/./empty.tar"],
        2,
        `Cannot write DIR/./empty.tar: ${itself}`,
      ],
      [
        ["DIR/alias.tar", "-o", "DIR/empty.tar"],
        2,
        `Cannot write DIR/empty.tar: ${itself}`,
      ],
      [
        ["DIR/tool:/x", ...out, "--metadata-file", "DIR/tool"],
        2,
        `Cannot write DIR/tool: ${itself}`,
      ],
      [
        ["DIR/dist", "-o", "DIR/dist/out.tar"],
        2,
        "Cannot write DIR/dist/out.tar: it would lie in DIR/dist, " +
        "which goes into the image; write it elsewhere",
      ],
    ]);
  }));

test("where extended attributes cannot be read, that is said once", () =>
  withSources(async (root) => {
    const build = (...flags: string[]) =>
      runCli(
        [
          ...["build", `${root}/dist`, `${root}/dist:/x`],
          ...["-o", `oci:${root}/out`, ...flags],
        ],
        { env: { PATH: "/nonexistent" } },
      );
    const auto = await build();
    assert.equal(auto.code, 0, auto.stderr);
    assert.deepEqual(auto.stderr.match(/^.*warning.*$/gm), [
      `scratchbuild: warning: the extended attributes of ${root}/dist are ` +
      "left out: to read them, install getfattr (package attr), and on Deno " +
      "allow it to be run; --xattrs off does not try",
    ]);
    const off = await build("--xattrs", "off");
    assert.equal(off.stderr.match(/warning/g), null);
    assert.equal(off.stdout, auto.stdout);
    const required = await build("--xattrs", "require");
    assert.equal(required.code, 1);
    assert.match(
      required.stderr,
      /^scratchbuild: Cannot pack [^\n]*dist: its extended attributes cannot be read: [^\n]*\n$/,
    );
  }));
