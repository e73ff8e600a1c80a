import assert from "node:assert/strict";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  checkoutAnnotations,
  readCheckout,
} from "../../../src/machine/vcs/read_checkout.ts";
import { runGit } from "../../../src/machine/vcs/run_git.ts";
import {
  type GitRepository,
  gitRepository,
} from "../../support/git_repository.ts";
import { skipWithout } from "../../support/peers.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const skip = skipWithout("git");

const withRepository = (use: (repository: GitRepository) => Promise<void>) =>
  withTempDir(async (root) => use(await gitRepository(root)));

test(
  "a commit and nothing else",
  { skip },
  () =>
    withRepository(async ({ root, env, commit }) => {
      const revision = await commit("a");
      assert.deepEqual(await readCheckout(root, { env }), {
        revision,
        created: "2026-01-31T10:00:00Z",
      });
    }),
);

test(
  "a commit, its tag and where it is from",
  { skip },
  () =>
    withRepository(async ({ root, env, git, commit }) => {
      await commit("old");
      await git("tag", "v9.0.0");
      const revision = await commit("a");
      for (const tag of ["v1.9.0", "v1.10.0", "latest"]) await git("tag", tag);
      await git("tag", "-a", "v1.10.0-rc.1", "-m", "x");
      const remote = "https://me:secret@github.com/me/app.git";
      await git("remote", "add", "origin", remote);
      const below = join(root, "dist", "deep");
      await mkdir(below, { recursive: true });
      const checkout = await readCheckout(below, { env });
      assert.deepEqual(checkout, {
        revision,
        created: "2026-01-31T10:00:00Z",
        source: "https://github.com/me/app",
        version: "v1.10.0",
      });
      assert.deepEqual(checkoutAnnotations(checkout), {
        "org.opencontainers.image.created": "2026-01-31T10:00:00Z",
        "org.opencontainers.image.revision": revision,
        "org.opencontainers.image.source": "https://github.com/me/app",
        "org.opencontainers.image.version": "v1.10.0",
      });
    }),
);

test(
  "only files that belong to the checkout make it dirty",
  { skip },
  () =>
    withRepository(async ({ root, env, git, commit }) => {
      const revision = await commit("a");
      await git("tag", "v1");
      const read = () => readCheckout(root, { env });
      await writeFile(join(root, "new"), "x");
      assert.equal((await read()).revision, revision);
      await writeFile(join(root, "a"), "changed\n");
      assert.equal((await read()).revision, `${revision}-dirty`);
      assert.equal((await read()).version, "v1-dirty");
      await writeFile(join(root, "a"), "a\n");
      assert.equal((await read()).revision, revision);
      await git("add", "new");
      assert.equal((await read()).revision, `${revision}-dirty`);
      await git("rm", "--quiet", "--cached", "new");
      await rm(join(root, "a"));
      assert.equal((await read()).revision, `${revision}-dirty`);
    }),
);

test(
  "settings of a person change nothing",
  { skip },
  () =>
    withRepository(async ({ root, env, git, commit }) => {
      const revision = await commit("a");
      for (const tag of ["v1", "v2"]) await git("tag", tag);
      for (
        const [name, value] of [
          ["color.ui", "always"],
          ["column.ui", "always"],
          ["log.showSignature", "true"],
          ["log.decorate", "full"],
          ["status.short", "true"],
          ["status.branch", "true"],
          ["core.pager", "false"],
          ["core.fsmonitor", join(root, "monitor")],
        ] as const
      ) await git("config", name, value);
      await writeFile(
        join(root, "monitor"),
        `#!/bin/sh\necho >'${root}/ran'\n`,
      );
      await chmod(join(root, "monitor"), 0o755);
      const elsewhere = { GIT_DIR: "/nowhere", GIT_WORK_TREE: "/nowhere" };
      const checkout = await readCheckout(root, {
        env: { ...env, ...elsewhere },
      });
      assert.deepEqual(checkout, {
        revision,
        created: "2026-01-31T10:00:00Z",
        version: "v2",
      });
      await assert.rejects(rm(join(root, "ran")), { code: "ENOENT" });
    }),
);

test(
  "nothing is written into the checkout",
  { skip },
  () =>
    withRepository(async ({ root, env, commit }) => {
      await commit("a");
      const lock = join(root, ".git", "index.lock");
      await writeFile(lock, "");
      assert.ok((await readCheckout(root, { env })).revision);
    }),
);

test(
  "what is no checkout is refused, and why",
  { skip },
  () =>
    withTempDir(async (root) => {
      const env = {
        PATH: process.env.PATH,
        HOME: root,
        GIT_CEILING_DIRECTORIES: root,
      };
      const plain = join(root, "plain");
      await mkdir(plain);
      await assert.rejects(readCheckout(plain, { env }), {
        code: "VCS",
        message:
          `Cannot read the git checkout of ${plain}: it is in no checkout of git; take one, or do without what git knows`,
      });
      const fresh = join(root, "fresh");
      await mkdir(fresh);
      const repository = await gitRepository(fresh);
      await assert.rejects(readCheckout(fresh, { env: repository.env }), {
        code: "VCS",
        message: /: nothing has been committed yet; commit first$/,
      });
      await assert.rejects(readCheckout(join(root, "nowhere"), { env }), {
        code: "VCS",
      });
    }),
);

test(
  "a checkout of another user is refused, and why",
  { skip },
  () =>
    withRepository(async ({ root, env, commit }) => {
      await commit("a");
      // What git itself has for the tests of its own.
      const other = { ...env, GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
      await assert.rejects(readCheckout(root, { env: other }), {
        code: "VCS",
        message: /belongs to another user; .* safe\.directory/,
      });
    }),
);

test("without git there is nothing to read", async () => {
  for (const PATH of ["", "/nowhere", ".:bin"]) {
    await assert.rejects(readCheckout(".", { env: { PATH } }), {
      code: "VCS",
      message: /no git is installed, or none is on the PATH; install it$/,
    });
  }
});

test("what git complains about is told on one line", () =>
  withTempDir(async (root) => {
    await fakeGit(
      root,
      "echo 'fatal: odd\u001b[31m' >&2; echo more >&2; exit 3",
    );
    await assert.rejects(readCheckout(root, { env: { PATH: root } }), {
      code: "VCS",
      message: /: git says: fatal: odd\\u001b\[31m$/,
    });
  }));

test("a git that comes to no end is ended", () =>
  withTempDir(async (root) => {
    await fakeGit(root, "exec /bin/sleep 60");
    const call = { directory: root, env: { PATH: root } };
    await assert.rejects(runGit(["status"], { ...call, timeLimit: 50 }), {
      code: "VCS",
      message: /git did not answer within 0\.05 s$/,
    });
    const controller = new AbortController();
    const { signal } = controller;
    const running = readCheckout(root, { env: { PATH: root }, signal });
    controller.abort();
    await assert.rejects(running, { code: "ABORTED" });
    await assert.rejects(readCheckout(root, { ...call, signal }), {
      code: "ABORTED",
    });
  }));

test("a git that prints without end is ended", () =>
  withTempDir(async (root) => {
    await fakeGit(root, "while :; do printf '%01000d' 0; done");
    await assert.rejects(readCheckout(root, { env: { PATH: root } }), {
      code: "VCS",
      message: /git printed far more than was asked for$/,
    });
  }));

async function fakeGit(directory: string, script: string): Promise<void> {
  const path = join(directory, "git");
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
