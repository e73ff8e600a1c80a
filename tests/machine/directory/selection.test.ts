import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { DirectoryOptions } from "../../../src/machine/directory/directory.ts";
import { listEntries, listPaths } from "../../support/list_entries.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const posix = process.platform === "win32" && "Windows has none of these";

/** Writes files by their paths; what ends in `/` is a directory. */
function write(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    const onDisk = join(dir, path);
    mkdirSync(path.endsWith("/") ? onDisk : dirname(onDisk), {
      recursive: true,
    });
    if (!path.endsWith("/")) writeFileSync(onDisk, content);
  }
}

for (
  const [name, files, ignore, left] of [
    ["no ignore file", { "a": "", "b/c": "" }, "auto", ["a", "b", "b/c"]],
    [
      "a .dockerignore",
      {
        ".dockerignore": "# all of it\nb\n*.log\n",
        "a": "",
        "b/c": "",
        "x.log": "",
      },
      "auto",
      ["a"],
    ],
    [
      "a .scratchbuildignore before it",
      { ".dockerignore": "a", ".scratchbuildignore": "b", "a": "", "b/c": "" },
      "auto",
      ["a"],
    ],
    [
      "ignore files that are to be kept, and stay out",
      { ".dockerignore": "!.dockerignore", "a": "" },
      "auto",
      ["a"],
    ],
    [
      "ignore files that are not at the root",
      { "a/.dockerignore": "b", "a/b": "" },
      "auto",
      ["a", "a/.dockerignore", "a/b"],
    ],
    [
      "nothing",
      { ".dockerignore": "*", "a": "" },
      "off",
      [".dockerignore", "a"],
    ],
    [
      "patterns",
      { ".dockerignore": "a", "a": "", "b/c": "" },
      { patterns: ["# not this", " /b ", ""] },
      [".dockerignore", "a"],
    ],
    [
      "directories that hold something that is kept",
      {
        ".dockerignore": "*\n!keep/this/file\n!other/none",
        "keep/this/file": "",
        "keep/this/not": "",
        "keep/that/file": "",
        "other/file": "",
      },
      "auto",
      ["keep", "keep/this", "keep/this/file"],
    ],
    [
      "case",
      { ".dockerignore": "README", "readme": "", "README/x": "" },
      "auto",
      ["readme"],
    ],
  ] as [string, Record<string, string>, DirectoryOptions["ignore"], string[]][]
) {
  test(`what is left out by ${name}`, async () => {
    await withTempDir(async (dir) => {
      write(dir, files);
      assert.deepEqual(await listPaths(dir, { ignore }), left);
    });
  });
}

test("an ignore file that is named stays out where it lies inside", async () => {
  await withTempDir(async (dir) => {
    const tree = join(dir, "tree");
    write(dir, {
      "tree/.dockerignore": "a",
      "tree/sub/rules": "b\n!sub/rules",
      "tree/a": "",
      "tree/b": "",
      "outside": "a",
    });
    const listed = (file: string) => listPaths(tree, { ignore: { file } });
    assert.deepEqual(await listed(join(tree, "sub", "rules")), [
      ".dockerignore",
      "a",
      "sub",
    ]);
    assert.deepEqual(await listed(join(dir, "outside")), [
      ".dockerignore",
      "b",
      "sub",
      "sub/rules",
    ]);
  });
});

test("a directory that is kept in part has its own mode", {
  skip: posix,
}, async () => {
  await withTempDir(async (dir) => {
    write(dir, { ".dockerignore": "d\n!d/keep", "d/keep": "", "d/not": "" });
    chmodSync(join(dir, "d"), 0o1770);
    const [directory, file] = await listEntries(dir);
    assert.deepEqual(directory, { type: "directory", path: "d", mode: 0o1770 });
    assert.equal(file?.path, "d/keep");
  });
});

test("what is left out is not looked at", { skip: posix }, async () => {
  await withTempDir(async (dir) => {
    write(dir, { ".dockerignore": "out\n*.txt", "a": "", "out/sub/": "" });
    // Nothing could be done with any of these.
    execFileSync("sh", ["-c", `touch "$(printf 'n\\351.txt')"`], { cwd: dir });
    execFileSync("sh", ["-c", `touch "$(printf 'n\\351')"`], {
      cwd: join(dir, "out"),
    });
    symlinkSync("/nowhere", join(dir, "link.txt"));
    assert.deepEqual(await listPaths(dir, { dereference: true }), ["a"]);
  });
});

test("a directory that is left out is not listed", {
  skip: posix,
}, async () => {
  await withTempDir(async (dir) => {
    write(dir, {
      ".dockerignore": "*\n!kept",
      "kept/file": "",
      "out/file": "",
      "out/sub/file": "",
    });
    // Listing a directory is reading it, of which a file system keeps note
    // unless it is mounted not to.
    utimesSync(join(dir, "out"), 1, 2);
    assert.deepEqual(await listPaths(dir), ["kept", "kept/file"]);
    assert.equal(statSync(join(dir, "out")).atimeMs, 1000);
  });
});

test("a hard link to a file that is left out is a file", {
  skip: posix,
}, async () => {
  await withTempDir(async (dir) => {
    write(dir, { ".dockerignore": "a", "a": "content" });
    execFileSync("ln", [join(dir, "a"), join(dir, "b")]);
    const entries = await listEntries(dir);
    assert.deepEqual(entries.map(({ type, path }) => [type, path]), [
      ["file", "b"],
    ]);
  });
});

test("patterns are about places, not about what links lead to", {
  skip: posix,
}, async () => {
  await withTempDir(async (dir) => {
    write(dir, { ".dockerignore": "store\nlink/out", "store/d/in": "" });
    write(dir, { "store/d/out": "" });
    symlinkSync("store/d", join(dir, "link"));
    assert.deepEqual(await listPaths(dir, { dereference: true }), [
      "link",
      "link/in",
    ]);
  });
});

for (
  const [name, make, why] of [
    [
      "everything is left out",
      (file: string) => writeFileSync(file, "*"),
      /everything in it is left out by .*\.dockerignore; take away/,
    ],
    [
      "the ignore file is a directory",
      (file: string) => mkdirSync(file),
      /it is no file, so nothing can be ignored by it; remove it$/,
    ],
    [
      "the ignore file is a named pipe",
      (file: string) => execFileSync("mkfifo", [file]),
      /it is no file, so nothing can be ignored by it/,
    ],
    [
      "the ignore file is a link that leads out of the directory",
      (file: string) => symlinkSync("/etc/passwd", file),
      /link to \/etc\/passwd, which lies outside .*; put the file itself there/,
    ],
    [
      "the ignore file is a link that leads nowhere",
      (file: string) => symlinkSync("gone", file),
      /link to gone, where there is nothing; put the file itself there/,
    ],
    [
      "the ignore file is not UTF-8",
      (file: string) => writeFileSync(file, Uint8Array.of(0x63, 0xe9)),
      /is not UTF-8; save it/,
    ],
    [
      "the ignore file is larger than 1 MiB",
      (file: string) => writeFileSync(file, "#".repeat((1 << 20) + 1)),
      /1 MiB at most/,
    ],
    [
      "a pattern is none",
      (file: string) => writeFileSync(file, "ok\n[a-"),
      /^Cannot leave out what .*\.dockerignore says: .*\[a-/,
    ],
  ] as const
) {
  test(`refused: ${name}`, { skip: posix }, async () => {
    await withTempDir(async (dir) => {
      writeFileSync(join(dir, "file"), "");
      make(join(dir, ".dockerignore"));
      await assert.rejects(listEntries(dir), { message: why });
    });
  });
}

test("an ignore file of 1 MiB", async () => {
  await withTempDir(async (dir) => {
    write(dir, { ".dockerignore": `a\n#${"x".repeat((1 << 20) - 3)}` });
    write(dir, { "a": "", "b": "" });
    assert.deepEqual(await listPaths(dir), ["b"]);
  });
});

test("an ignore file that is a link inside the directory", {
  skip: posix,
}, async () => {
  await withTempDir(async (dir) => {
    write(dir, { "etc/rules": "b\n", "a": "", "b": "" });
    symlinkSync("etc/rules", join(dir, ".dockerignore"));
    assert.deepEqual(await listPaths(dir), ["a", "etc", "etc/rules"]);
  });
});

test("refused: an ignore file that was named and is a directory", async () => {
  await withTempDir(async (dir) => {
    write(dir, { "file": "" });
    await assert.rejects(listEntries(dir, { ignore: { file: dir } }), {
      name: "LayerError",
      path: dir,
      message: /so nothing can be ignored by it; name a file$/,
    });
  });
});

test("refused: an ignore file that is missing", async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "file"), "");
    const file = join(dir, "rules");
    await assert.rejects(listEntries(dir, { ignore: { file } }), {
      name: "LayerError",
      path: file,
      message: /no such ignore file; check the path/,
    });
  });
});

test("refused: patterns that leave out everything", async () => {
  await withTempDir(async (dir) => {
    writeFileSync(join(dir, "file"), "");
    await assert.rejects(listEntries(dir, { ignore: { patterns: ["**"] } }), {
      path: dir,
      message: /left out by the patterns that were given/,
    });
  });
});
