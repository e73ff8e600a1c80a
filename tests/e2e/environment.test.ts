import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { NO_HOME } from "../support/clean_environment.ts";
import { makeTree } from "../support/make_tree.ts";
import { runCli, runCliOk } from "../support/run_cli.ts";
import type { RunOptions } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { GOLDEN_TREE } from "../support/golden_tree.ts";

const skip = process.platform !== "linux" &&
  "needs a file system that keeps all names apart, and a umask";

/** Digest of the image that a build gives. */
async function digestOf(
  directory: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const name = `${Math.random()}.tar`;
  const stdout = await runCliOk(
    ["build", ...args, "--xattrs", "off", "-o", join(directory, name)],
    options,
  );
  return stdout.trim().split("@")[1] ?? "";
}

/** Runs something under a umask, which children take over. */
async function under<T>(umask: number, run: () => Promise<T>): Promise<T> {
  const before = process.umask(umask);
  try {
    return await run();
  } finally {
    process.umask(before);
  }
}

async function withTree(
  use: (source: string, directory: string) => Promise<void>,
): Promise<void> {
  await withTempDir(async (directory) => {
    const source = join(directory, "source");
    mkdirSync(source);
    await makeTree(source);
    await use(source, directory);
  });
}

const surroundings: Record<string, RunOptions["env"]> = {
  "in Nepal, in Turkish": {
    TZ: "Asia/Kathmandu",
    LANG: "tr_TR.UTF-8",
    LC_ALL: "tr_TR.UTF-8",
  },
  "in the locale C": { TZ: "UTC", LANG: "C", LC_ALL: "C" },
  "as another user": {
    HOME: `${NO_HOME}/another`,
    USER: "somebody",
    LOGNAME: "somebody",
    HOSTNAME: "elsewhere",
  },
};

for (const [name, env] of Object.entries(surroundings)) {
  test(`the digest is the same ${name}`, { skip }, async () => {
    await withTree(async (source, directory) => {
      assert.equal(
        await digestOf(directory, [source], { env }),
        GOLDEN_TREE.manifest,
      );
    });
  });
}

for (const umask of [0o000, 0o077]) {
  test(
    `the digest is the same under umask ${umask.toString(8).padStart(3, "0")}`,
    {
      skip,
    },
    async () => {
      await under(umask, () =>
        withTree(async (source, directory) => {
          assert.equal(
            await digestOf(directory, [source]),
            GOLDEN_TREE.manifest,
          );
        }));
    },
  );
}

test("the digest is the same from a copy elsewhere", { skip }, async () => {
  await withTree(async (source, directory) => {
    const copy = join(directory, "far", "away");
    mkdirSync(join(directory, "far"));
    execFileSync("cp", ["-a", source, copy]);
    assert.equal(await digestOf(directory, [copy]), GOLDEN_TREE.manifest);
  });
});

test("the digest is the same from another working directory", {
  skip,
}, async () => {
  await withTree(async (source, directory) => {
    assert.equal(
      await digestOf(directory, ["."], { cwd: source }),
      GOLDEN_TREE.manifest,
    );
  });
});

test("the digest is the same in another order of inodes and of listing", {
  skip,
}, async () => {
  await withTree(async (source, directory) => {
    const again = join(directory, "again");
    mkdirSync(again);
    // The last name comes first, and everything gets a new inode.
    for (const name of readdirSync(source).sort().reverse()) {
      execFileSync("cp", ["-a", join(source, name), join(again, name)]);
      utimesSync(again, 1e9, 2e9);
    }
    // Files that were links of each other across directories are so no longer.
    const [first, second] = [source, again];
    const flat = (path: string) => join(path, "deep");
    assert.equal(
      await digestOf(directory, [flat(second)]),
      await digestOf(directory, [flat(first)]),
    );
    renameSync(join(source, "B"), join(source, "B.away"));
    renameSync(join(source, "B.away"), join(source, "B"));
    assert.equal(await digestOf(directory, [source]), GOLDEN_TREE.manifest);
  });
});

test("with --modes git, a checkout has one digest under every umask", {
  skip,
}, async () => {
  await withTempDir(async (directory) => {
    const digests = new Set<string>();
    const plain = new Set<string>();
    for (const umask of [0o000, 0o002, 0o022, 0o077]) {
      const source = join(directory, umask.toString(8));
      await under(umask, async () => {
        mkdirSync(join(source, "sub"), { recursive: true });
        writeFileSync(join(source, "sub", "data"), "data", { mode: 0o666 });
        writeFileSync(join(source, "run"), "#!/bin/sh\n", { mode: 0o777 });
        digests.add(await digestOf(directory, [source, "--modes", "git"]));
        plain.add(await digestOf(directory, [source]));
      });
    }
    assert.equal(digests.size, 1);
    assert.equal(plain.size, 4, "without it, the modes show");
  });
});

test("SOURCE_DATE_EPOCH is the time of everything", { skip }, async () => {
  await withTempDir(async (directory) => {
    const source = join(directory, "source");
    mkdirSync(source);
    writeFileSync(join(source, "file"), "content");
    chmodSync(join(source, "file"), 0o644);
    const env = { SOURCE_DATE_EPOCH: "1700000000" };
    const byVariable = await digestOf(directory, [source], { env });
    const byFlags = await digestOf(directory, [
      source,
      "--mtime",
      "1700000000",
      "--created",
      "2023-11-14T22:13:20Z",
    ]);
    assert.equal(byVariable, byFlags);
    assert.notEqual(byVariable, await digestOf(directory, [source]));
  });
});

for (
  const garbage of [
    "yesterday",
    "-1",
    "1.5",
    "0x10",
    " 1",
    "1e3",
    "9".repeat(20),
  ]
) {
  test(`refused: SOURCE_DATE_EPOCH=${garbage}`, { skip }, async () => {
    await withTempDir(async (directory) => {
      const source = join(directory, "source");
      mkdirSync(source);
      writeFileSync(join(source, "file"), "content");
      const { code, stderr } = await runCli(
        ["build", source, "-o", join(directory, "image.tar")],
        { env: { SOURCE_DATE_EPOCH: garbage } },
      );
      assert.equal(code, 2);
      assert.match(stderr, /^scratchbuild: Cannot use SOURCE_DATE_EPOCH /);
    });
  });
}
