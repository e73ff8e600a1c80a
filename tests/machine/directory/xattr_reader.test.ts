import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { askAbout } from "../../../src/machine/directory/ask_about.ts";
import { fileEntry } from "../../../src/machine/directory/file_entry.ts";
import { XattrReader } from "../../../src/machine/directory/xattr_reader.ts";
import type { Entry, FileEntry } from "../../../src/tar/entry.ts";
import type { LayerWarning } from "../../../src/tar/layer_warning.ts";
import { listEntries } from "../../support/list_entries.ts";
import { skipWithout } from "../../support/peers.ts";
import { run } from "../../support/run.ts";
import { runtime } from "../../support/runtime.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const asRoot = process.getuid?.() === 0;
const without = skipWithout("getfattr", "setfattr") || canHold();
/** `cap_net_raw+ep` */
const capability = "0100000200200000000000000000000000000000";

/** Not every file system has extended attributes. */
function canHold(): string | false {
  const dir = mkdtempSync(join(tmpdir(), "scratchbuild-test-"));
  try {
    execFileSync("setfattr", ["-n", "user.a", dir], { stdio: "ignore" });
    return false;
  } catch {
    return "the file system has no extended attributes";
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function set(path: string, name: string, value: string): void {
  execFileSync("setfattr", ["-n", name, "-v", value, path]);
}

function xattrsOf(entries: readonly Entry[]): Record<string, unknown> {
  return Object.fromEntries(
    entries.map((entry) => [entry.path, (entry as FileEntry).xattrs]),
  );
}

test("attributes of files and directories", { skip: without }, async () => {
  await withTempDir(async (dir) => {
    const odd = "-a line\nback\\slash caf\u00e9";
    mkdirSync(join(dir, "d"));
    writeFileSync(join(dir, "plain"), "");
    writeFileSync(join(dir, odd), "");
    linkSync(join(dir, odd), join(dir, "z"));
    symlinkSync("d", join(dir, "link"));
    set(join(dir, "d"), "user.note", "text");
    set(join(dir, odd), "user.binary", "0x00ff0a");
    set(join(dir, odd), "user.empty", "");
    set(join(dir, odd), "user.caf\u00e9=1", "0x31");
    if (asRoot) set(join(dir, odd), "trusted.not", "x");
    const entries = (await listEntries(dir)).filter(({ type }) =>
      type !== "hardlink"
    );
    const file = entries.find(({ type, path }) =>
      type === "file" && path !== "plain"
    )?.path;
    assert.deepEqual(xattrsOf(entries), {
      d: { "user.note": new TextEncoder().encode("text") },
      link: undefined,
      plain: undefined,
      [String(file)]: {
        "user.binary": Uint8Array.of(0, 255, 10),
        "user.empty": new Uint8Array(),
        "user.caf\u00e9=1": Uint8Array.of(0x31),
      },
    });
    const off = xattrsOf(await listEntries(dir, { xattrs: "off" }));
    assert.ok(Object.values(off).every((xattrs) => xattrs === undefined));
  });
});

test("a file capability", {
  skip: without || (!asRoot && "only root can give one"),
}, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "ping");
    writeFileSync(path, "");
    set(path, "security.capability", `0x${capability}`);
    const { xattrs } = await fileEntry(path, "bin/ping");
    const bytes = xattrs?.["security.capability"] ?? [];
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
    assert.equal(hex.join(""), capability);
  });
});

test("more files than are asked about at once", { skip: without }, async () => {
  await withTempDir(async (dir) => {
    const long = "n".repeat(150);
    for (let number = 0; number < 2100; number++) {
      writeFileSync(join(dir, `${long}${number}`), "");
    }
    for (const number of [0, 999, 1000, 2099]) {
      set(join(dir, `${long}${number}`), "user.number", `${number}`);
    }
    const entries = await listEntries(dir, { xattrs: "require" });
    assert.equal(entries.length, 2100);
    const numbers = entries.flatMap((entry) => {
      const value = (entry as FileEntry).xattrs?.["user.number"];
      return value === undefined
        ? []
        : [[entry.path, new TextDecoder().decode(value)]];
    });
    assert.deepEqual(
      numbers.sort(),
      [0, 1000, 2099, 999].map((number) => [`${long}${number}`, `${number}`]),
    );
  });
});

test("what vanished, or cannot have any, has none", {
  skip: without,
}, async () => {
  const reader = new XattrReader("/", { xattrs: "require" });
  const read = await reader.read(["/no/where", "/proc/self/status"]);
  assert.equal(read.size, 0);
});

test("refused: a name of an attribute that is not UTF-8", {
  skip: without,
}, async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "file");
    writeFileSync(path, "");
    const script = `setfattr -n "$(printf 'user.\\351')" "$0"`;
    execFileSync("sh", ["-c", script, path]);
    await assert.rejects(listEntries(dir), {
      path,
      message:
        /extended attribute user\.\\xe9 is not UTF-8; remove it, or leave/,
    });
  });
});

test("where the program is missing", {
  skip: process.platform !== "linux" && "elsewhere there is none",
}, async () => {
  await withTempDir(async (dir) => {
    for (let number = 0; number < 3500; number++) {
      writeFileSync(join(dir, `${number}`), "");
    }
    const { PATH } = process.env;
    process.env.PATH = dir;
    try {
      const warnings: LayerWarning[] = [];
      const onWarning = (warning: LayerWarning) => warnings.push(warning);
      const entries = await listEntries(dir, { onWarning });
      assert.equal(entries.length, 3500);
      assert.deepEqual(warnings, [{
        path: dir,
        message: `The extended attributes of ${dir} are not read: install ` +
          "getfattr (package attr), or leave them out (xattrs: off)",
        code: "XATTRS",
      }]);
      await assert.rejects(listEntries(dir, { xattrs: "require" }), {
        name: "LayerError",
        path: dir,
        message: /cannot be read: install getfattr \(package attr\), or leave/,
      });
      await assert.rejects(
        fileEntry(join(dir, "0"), "a", {
          xattrs: "require",
        }),
        { name: "LayerError", message: /install getfattr/ },
      );
    } finally {
      if (PATH === undefined) delete process.env.PATH;
      else process.env.PATH = PATH;
    }
  });
});

/** Runs with a program of the name `getfattr` that does what a script says. */
async function withFake(script: string, body: (dir: string) => Promise<void>) {
  const { PATH } = process.env;
  await withTempDir(async (dir) => {
    mkdirSync(join(dir, "bin"));
    mkdirSync(join(dir, "tree"));
    writeFileSync(join(dir, "tree", "file"), "");
    const path = join(dir, "bin", "getfattr");
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = `${join(dir, "bin")}:${PATH}`;
    try {
      await body(join(dir, "tree"));
    } finally {
      if (PATH === undefined) delete process.env.PATH;
      else process.env.PATH = PATH;
    }
  });
}

const linuxOnly = process.platform !== "linux" && "elsewhere there is none";

test("another program of the same name is not enough", {
  skip: linuxOnly,
}, async () => {
  const script = `echo "getfattr: unrecognized option: absolute-names" >&2
    echo "Usage: getfattr [-h] FILE" >&2; exit 1`;
  await withFake(script, async (dir) => {
    const warnings: LayerWarning[] = [];
    const onWarning = (warning: LayerWarning) => warnings.push(warning);
    assert.equal((await listEntries(dir, { onWarning })).length, 1);
    assert.deepEqual(warnings.map(({ message }) => message), [
      `The extended attributes of ${dir} are not read: install the full ` +
      "getfattr (package attr), or leave them out (xattrs: off)",
    ]);
    await assert.rejects(listEntries(dir, { xattrs: "require" }), {
      name: "LayerError",
      message: /cannot be read: install the full getfattr \(package attr\)/,
    });
  });
});

for (
  const [what, script, why] of [
    ["fails", 'echo "what?" >&2; echo no >&2; exit 3', "(status 3): what?"],
    ["says nothing of why", "exit 3", "(status 3)"],
    ["is ended", "kill -9 $$", "(SIGKILL)"],
  ]
) {
  test(`refused in one line: a program that ${what}`, {
    skip: linuxOnly,
  }, async () => {
    await withFake(String(script), async (dir) => {
      await assert.rejects(listEntries(dir), {
        name: "LayerError",
        message: `Cannot pack ${dir}: its extended attributes cannot be ` +
          `read: getfattr failed ${why}, or leave them out (xattrs: off)`,
      });
    });
  });
}

test("refused: a program that prints something else", {
  skip: linuxOnly,
}, async () => {
  await withFake("echo hello", async (dir) => {
    await assert.rejects(listEntries(dir), {
      name: "LayerError",
      message: /cannot be read: getfattr printed what is not understood, or/,
    });
  });
});

test("a program that waits for input, or for ever", {
  skip: linuxOnly,
}, async () => {
  await withFake("cat", async (dir) => {
    assert.equal((await listEntries(dir)).length, 1);
  });
  await withFake("exec sleep 100", async () => {
    await assert.rejects(askAbout(["a"], "getfattr", [], 20), {
      message: "getfattr took longer than 0.02 s",
    });
  });
});

test("on other systems they are not read", () => {
  const onWarning = () => assert.fail("nothing is said");
  const reader = new XattrReader("tree", { onWarning }, "darwin");
  assert.equal(reader.isOn, false);
  assert.throws(
    () => new XattrReader("tree", { xattrs: "require" }, "darwin"),
    { name: "LayerError", path: "tree", message: /read on Linux only/ },
  );
});

test("Deno is not asked for permissions", {
  skip: (runtime !== "deno" || process.platform !== "linux") &&
    "only Deno on Linux has something to ask for",
}, async () => {
  await withTempDir(async (dir) => {
    const module = new URL(
      "../../../src/machine/directory/directory.ts",
      import.meta.url,
    );
    const script = join(dir, "script.ts");
    writeFileSync(
      script,
      `import { directory } from ${JSON.stringify(module.href)};
      const say = ({ message }) => console.log(message);
      for await (
        const { path } of directory(Deno.args[0], {
          mtime: "preserve",
          onWarning: say,
        })
      ) console.log(path);`,
    );
    const args = ["run", "--no-check", "--no-prompt", "--allow-read"];
    const { stdout, stderr } = await run(process.execPath, [
      ...args,
      script,
      dir,
    ]);
    assert.equal(
      stdout,
      `The extended attributes of ${dir} are not read: let Deno run ` +
        "getfattr (--allow-run=getfattr --allow-env), or leave them out " +
        "(xattrs: off)\nscript.ts\n",
      stderr,
    );
  });
});
