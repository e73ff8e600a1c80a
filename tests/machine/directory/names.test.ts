import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { listEntries, listPaths } from "../../support/list_entries.ts";
import { run } from "../../support/run.ts";
import { runtime } from "../../support/runtime.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const skip = process.platform !== "linux" &&
  "elsewhere names are texts, or kept in one form";

/** A shell can be told bytes that no runtime passes on. */
function shell(cwd: string, script: string): void {
  execFileSync("sh", ["-c", script], { cwd });
}

test("names are kept as they are", { skip }, async () => {
  const names = [
    "a line\nend",
    "back\\slash",
    "nfc-\u00fc",
    "nfc-u\u0308",
    "replacement-\ufffd",
    "-e",
    " blanks ",
    "\u{1f433}",
    "\u00ff.\ufeff",
  ];
  await withTempDir(async (dir) => {
    for (const name of names) {
      mkdirSync(join(dir, "in\\"), { recursive: true });
      writeFileSync(join(dir, "in\\", name), name);
    }
    const expected = ["in\\", ...names.map((name) => `in\\/${name}`)];
    assert.deepEqual(await listPaths(dir), expected.sort());
  });
});

test("refused: a name that is not UTF-8", { skip }, async () => {
  await withTempDir(async (dir) => {
    mkdirSync(join(dir, "d"));
    writeFileSync(join(dir, "d", "other-\ufffd"), "");
    shell(join(dir, "d"), `touch "$(printf 'caf\\351 \\303\\251.txt')"`);
    await assert.rejects(listEntries(dir), {
      name: "LayerError",
      path: join(dir, "d"),
      message:
        `Cannot pack ${dir}/d: the name caf\\xe9 \u00e9.txt in it is not ` +
        "UTF-8; rename it or leave it out",
    });
  });
});

test("refused: two names that look the same to Deno alone", {
  skip: skip || (runtime !== "deno" && "others are told the bytes"),
}, async () => {
  await withTempDir(async (dir) => {
    const module = new URL("../../support/list_entries.ts", import.meta.url);
    const script = join(dir, "script.ts");
    writeFileSync(
      script,
      `import { listPaths } from ${JSON.stringify(module.href)};
      const error = await listPaths(Deno.args[0], { xattrs: "off" })
        .catch(({ message }) => message);
      console.log(error);`,
    );
    mkdirSync(join(dir, "d"));
    writeFileSync(join(dir, "d", "n\ufffd"), "");
    shell(join(dir, "d"), `touch "$(printf 'n\\377')"`);
    const args = ["run", "--no-check", "--no-prompt", "--allow-read"];
    const { stdout, stderr } = await run(process.execPath, [
      ...args,
      script,
      join(dir, "d"),
    ]);
    assert.match(stdout, /the name n\ufffd in it is not UTF-8/, stderr);
  });
});

test("refused: a directory whose name is not UTF-8", { skip }, async () => {
  await withTempDir(async (dir) => {
    shell(dir, `mkdir "$(printf 'n\\377')"`);
    await assert.rejects(listEntries(dir), {
      path: dir,
      message: /the name n\\xff in it is not UTF-8/,
    });
  });
});

test("refused: a link to what is not UTF-8", { skip }, async () => {
  await withTempDir(async (dir) => {
    symlinkSync("valid-\ufffd", join(dir, "a-valid-one"));
    shell(dir, `ln -s "$(printf 'caf\\351')" link`);
    await assert.rejects(listEntries(dir), {
      path: join(dir, "link"),
      message: /a symbolic link to caf\\xe9, which is not UTF-8; make/,
    });
  });
});

test("a link to a name with U+FFFD is kept", { skip }, async () => {
  await withTempDir(async (dir) => {
    symlinkSync("valid-\ufffd", join(dir, "link"));
    const entries = await listEntries(dir);
    assert.deepEqual(entries, [
      { type: "symlink", path: "link", target: "valid-\ufffd" },
    ]);
    assert.equal(Buffer.byteLength("valid-\ufffd"), 9);
  });
});
