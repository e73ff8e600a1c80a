import assert from "node:assert/strict";
import { chmod, link, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { makeTree } from "../support/make_tree.ts";
import { skipWithout } from "../support/peers.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";
import { file, writeArchive } from "./write_archive.ts";

const noModes = process.platform === "win32" && "Windows has no modes";

/** Runs the command, which has to end with a status, silent but for that. */
async function diff(
  expected: number,
  ...args: string[]
): Promise<string[]> {
  const { status, stdout, stderr } = await runInProcess(["diff", ...args]);
  assert.equal(stderr, "");
  assert.equal(status, expected, stdout);
  return stdout.split("\n").slice(0, -1);
}

/** Packs a directory with the command itself. */
async function build(root: string, ...args: string[]): Promise<string> {
  const location = join(root, "built.tar");
  const argv = ["build", ...args, "-o", location, "--quiet", "--mtime", "7"];
  const { status, stderr } = await runInProcess(argv);
  assert.equal(status, 0, stderr);
  return location;
}

/** A directory with all that an image can carry, and the image of it. */
function withBuilt(
  use: (built: string, source: string) => Promise<void>,
  ...flags: string[]
): Promise<void> {
  return withTempDir(async (root) => {
    const source = join(root, "src");
    await mkdir(source);
    await makeTree(source);
    await use(await build(root, `${source}:/app`, ...flags), source);
  });
}

test("an image has no difference from the directory that it was built from", () =>
  withBuilt(async (built, source) => {
    assert.deepEqual(await diff(0, `${source}:/app`, built), [
      "no differences",
    ]);
    assert.deepEqual(await diff(0, built, `${source}:/app/`), [
      "no differences",
    ]);
    const lines = await diff(1, built, source);
    assert.ok(lines.includes("- /app/bin/tool  20 B"), lines.join("\n"));
  }));

test(
  "what drifted from the directory is told: mode, content, type, more and less",
  { skip: noModes },
  () =>
    withBuilt(async (built, source) => {
      await chmod(join(source, "bin/tool"), 0o700);
      await writeFile(join(source, "B"), "other content");
      await writeFile(join(source, "new"), "x");
      await mkdir(join(source, "moved"));
      await symlink("x", join(source, "moved/link"));
      const lines = await diff(1, built, `${source}:/app`);
      assert.deepEqual(lines.slice(2), [
        "",
        "3 added, 1 B",
        "+ /app/moved/",
        "+ /app/moved/link  -> x",
        "+ /app/new  1 B",
        "",
        "4 changed",
        "~ /app/B  content 35 B -> 13 B",
        "~ /app/another-tool  mode 0755 -> 0700",
        "~ /app/bin/tool  mode 0755 -> 0700",
        "~ /app/deep/same-tool  mode 0755 -> 0700",
      ]);
      const back = await diff(1, `${source}:/app`, built);
      assert.ok(back.includes("3 removed, 1 B"));
      assert.ok(back.includes("~ /app/bin/tool  mode 0700 -> 0755"));
    }),
);

test(
  "a directory is read by the flags that build has",
  { skip: noModes },
  () =>
    withTempDir(async (root) => {
      const source = join(root, "src");
      await mkdir(source);
      await writeFile(join(source, "a"), "a", { mode: 0o640 });
      await writeFile(join(source, "left-out"), "x");
      await writeFile(join(source, ".dockerignore"), "left-out\n");
      const flags = ["--owner", "5:6", "--modes", "git"];
      const built = await build(root, source, ...flags);
      assert.deepEqual(await diff(0, source, built, ...flags), [
        "no differences",
      ]);
      assert.deepEqual(
        (await diff(1, source, built, "--owner", "5:6")).at(-1),
        "~ /a  mode 0640 -> 0644",
      );
      assert.deepEqual(
        (await diff(1, source, built, "--modes", "git")).at(-1),
        "~ /a  owner 0:0 -> 5:6",
      );
      const all = await diff(1, source, built, ...flags, "--no-ignore");
      assert.deepEqual(all.slice(3), [
        "2 removed, 10 B",
        "- /.dockerignore  9 B",
        "- /left-out  1 B",
      ]);
    }),
);

test("DEST is found through links of the image, and may be no file", () =>
  withTempDir(async (root) => {
    const image = await writeArchive(root, "image.tar", [[
      file("usr/bin/a", "a"),
      file("usr/lib/b", "b"),
      { type: "symlink", path: "bin", target: "usr/bin" },
    ]]);
    const source = join(root, "src");
    await mkdir(source);
    await writeFile(join(source, "a"), "a", { mode: 0o644 });
    assert.deepEqual(await diff(0, `${source}:/bin`, image), [
      "no differences",
    ]);
    const nowhere = await diff(1, image, `${source}:/nowhere`);
    assert.deepEqual(nowhere.slice(2), [
      "",
      "1 added, 1 B",
      "+ /nowhere/a  1 B",
    ]);
    const { status, stdout, stderr } = await runInProcess([
      "diff",
      image,
      `${source}:/bin/a`,
    ]);
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /: in the image that is a file; name a directory\n$/);
  }));

test("an empty directory is one that has nothing", () =>
  withTempDir(async (root) => {
    const image = await writeArchive(root, "image.tar", [[file("a", "a")]]);
    const source = join(root, "src");
    await mkdir(source);
    assert.deepEqual((await diff(1, source, image)).slice(2), [
      "",
      "1 added, 1 B",
      "+ /a  1 B",
    ]);
  }));

test("two images differ in files and configuration, and --json tells all of it", () =>
  withTempDir(async (root) => {
    const one = await writeArchive(root, "one.tar", [[
      file("a", "1"),
      file("b", "x"),
    ]], { User: "1" });
    const other = await writeArchive(root, "other.tar", [[file("a", "22")], [
      file("c", "x"),
    ]]);
    const shown = await diff(1, one, other);
    assert.deepEqual(shown, [
      `--- ${one}`,
      `+++ ${other}`,
      "",
      "1 removed, 1 B",
      "- /b  1 B",
      "",
      "1 added, 1 B",
      "+ /c  1 B",
      "",
      "1 changed",
      "~ /a  content 1 B -> 2 B",
      "",
      "1 in the configuration",
      '- User  "1"',
    ]);
    const document = JSON.parse(
      (await diff(1, one, other, "--json")).join("\n"),
    );
    const { version, before, after, equal, config } = document;
    assert.deepEqual({ version, before, after, equal, config }, {
      version: 1,
      before: one,
      after: other,
      equal: false,
      config: [{ name: "User", before: "1" }],
    });
    const [change] = document.changed;
    assert.deepEqual([change.path, change.aspects], ["/a", ["content"]]);
    assert.equal(change.before.size, 1);
    assert.equal(change.after.mode, "0644");
    assert.match(change.after.digest, /^sha256:785f3ec7eb32f30b/);
    assert.deepEqual(document.added.map(({ path }: { path: string }) => path), [
      "/c",
    ]);
    const equalOnes = JSON.parse(
      (await diff(0, one, one, "--json")).join("\n"),
    );
    assert.equal(equalOnes.equal, true);
    const source = join(root, "src");
    await mkdir(source);
    await writeFile(join(source, "a"), "1", { mode: 0o644 });
    const withDirectory = JSON.parse(
      (await diff(1, source, one, "--json")).join("\n"),
    );
    assert.equal("config" in withDirectory, false);
  }));

test("what could not be found out ends with 2, so that 1 is a difference", () =>
  withTempDir(async (root) => {
    const image = await writeArchive(root, "image.tar", [[file("a", "a")]]);
    const cut = join(root, "cut.tar");
    await writeFile(cut, "no archive at all");
    const source = join(root, "src");
    await mkdir(source);
    const cases: [args: string[], why: RegExp][] = [
      [[image, join(root, "missing.tar")], /Cannot [^\n]*does not exist/],
      [[image, cut], /Cannot [^\n]+/],
      [[image], /Cannot compare: name two images/],
      [[image, image, image], /Cannot compare: name two images/],
      [[source, source], /Cannot compare two directories/],
      [[image, "-"], /Cannot compare with standard input/],
      [
        [image, "./missing"],
        /Cannot compare ".\/missing": there is no such directory/,
      ],
      [[image, "A B"], /Cannot [^\n]+/],
      [
        [image, image, "--owner", "1:1"],
        /Cannot use --owner: it says how a directory is read/,
      ],
      [
        [image, source, "--ignore-file", "x", "--no-ignore"],
        /Cannot use --ignore-file with --no-ignore/,
      ],
    ];
    for (const [args, why] of cases) {
      const { status, stdout, stderr } = await runInProcess(["diff", ...args]);
      assert.equal(status, 2, args.join(" "));
      assert.equal(stdout, "");
      assert.match(stderr, why);
      assert.match(stderr, /^scratchbuild: [^\n]+\n$/);
    }
  }));

test("a failure shows its stack to who asks for it", () =>
  withTempDir(async (root) => {
    const argv = ["diff", join(root, "a.tar"), join(root, "b.tar")];
    const env = { SCRATCHBUILD_DEBUG: "1" };
    const { status, stderr } = await runInProcess(argv, { env });
    assert.equal(status, 2);
    assert.match(stderr, /\n {4}at /);
  }));

test("a directory that is named like a location is one", () =>
  withTempDir(async (root) => {
    const source = join(root, "dir.tar");
    await mkdir(source);
    await writeFile(join(source, "a"), "a", { mode: 0o644 });
    await link(join(source, "a"), join(source, "b"));
    const image = await writeArchive(root, "image.tar", [[
      file("a", "a"),
      file("b", "a"),
    ]]);
    assert.deepEqual(await diff(0, source, image), ["no differences"]);
  }));

test(
  "what umoci unpacks of an image is what diff takes it for",
  { skip: skipWithout("umoci") },
  () =>
    withTempDir(async (root) => {
      const sources = ["one", "two"].map((name) => join(root, name));
      for (const source of sources) {
        await mkdir(source);
        await makeTree(source);
      }
      const [one = "", two = ""] = sources;
      await writeFile(join(two, "a/b"), "covers what lies below");
      await writeFile(join(two, ".wh.empty-file"), "");
      await mkdir(join(two, "opaque"));
      await mkdir(join(one, "opaque"));
      await writeFile(join(one, "opaque/below"), "hidden");
      await writeFile(join(two, "opaque/.wh..wh..opq"), "");
      await writeFile(join(two, "opaque/above"), "seen");
      await runOk("rm", [join(two, "empty-file")]);
      const layout = `oci:${join(root, "layout")}:1`;
      const argv = ["build", one, two, "--whiteouts", "-o", layout, "--quiet"];
      const built = await runInProcess(argv);
      assert.equal(built.status, 0, built.stderr);
      const bundle = join(root, "bundle");
      await runOk("umoci", [
        "unpack",
        "--rootless",
        "--image",
        layout.slice(4),
        bundle,
      ]);
      const rootfs = join(bundle, "rootfs");
      assert.deepEqual(await diff(0, rootfs, layout, "--xattrs", "off"), [
        "no differences",
      ]);
      await writeFile(join(rootfs, "opaque/below"), "");
      assert.equal(
        (await diff(1, rootfs, layout, "--xattrs", "off")).length,
        5,
      );
    }),
);
