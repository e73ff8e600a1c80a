import assert from "node:assert/strict";
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { cacheDirectory } from "../../src/machine/cache_directory.ts";
import type { UploadJournal } from "../../src/registry/push/upload_journal.ts";
import { fileUploadJournal } from "../../src/machine/upload_journal.ts";
import { withTempDir } from "../support/temp_dir.ts";

const key = {
  repository: "ghcr.io/me/app",
  digest: `sha256:${"ab".repeat(32)}`,
};
const record = { location: "https://ghcr.io/up/1?sig=s3cret", offset: 5 };
const isUnix = process.platform !== "win32";

/** Lends a directory for a journal, and the journal. */
function withJournal(
  use: (directory: string, journal: UploadJournal) => Promise<void>,
): () => Promise<void> {
  return () =>
    withTempDir(async (place) => {
      const directory = join(place, "cache", "uploads");
      await use(directory, fileUploadJournal(directory));
    });
}

test(
  "an upload is remembered until it is forgotten, also by the next run",
  withJournal(async (directory, journal) => {
    assert.equal(await journal.load(key), undefined);
    await journal.save(key, record);
    assert.deepEqual(await journal.load(key), record);
    assert.deepEqual(await fileUploadJournal(directory).load(key), record);
    await journal.save(key, { ...record, offset: 9 });
    assert.equal((await journal.load(key))?.offset, 9);
    assert.equal((await readdir(directory)).length, 1);
    for (
      const other of [
        { ...key, repository: "ghcr.io/me/other" },
        { ...key, digest: `sha256:${"cd".repeat(32)}` },
      ]
    ) {
      assert.equal(await journal.load(other), undefined);
    }
    await journal.remove(key);
    assert.equal(await journal.load(key), undefined);
    assert.deepEqual(await readdir(directory), []);
    await journal.remove(key);
  }),
);

test(
  "its owner alone can read it, and no name tells what it is (auth file)",
  withJournal(async (directory, journal) => {
    await journal.save(key, record);
    const [name = ""] = await readdir(directory);
    assert.match(name, /^[0-9a-f]{64}\.json$/);
    if (!isUnix) return;
    const mode = async (path: string) => (await stat(path)).mode & 0o777;
    assert.equal(await mode(join(directory, name)), 0o600);
    assert.equal(await mode(directory), 0o700);
  }),
);

test(
  "what is broken, or is of another upload, is forgotten",
  withJournal(async (directory, journal) => {
    await journal.save(key, record);
    const [name = ""] = await readdir(directory);
    const path = join(directory, name);
    const good = JSON.parse(await readFile(path, "utf8"));
    const texts = [
      "",
      "{",
      "null",
      "[]",
      '"text"',
      ...[
        { ...good, repository: "ghcr.io/me/other" },
        { ...good, digest: "sha256:0" },
        { ...good, location: 5 },
        { ...good, offset: -1 },
        { ...good, offset: 1.5 },
        { ...good, offset: "5" },
        { ...good, offset: 2 ** 60 },
      ].map((value) => JSON.stringify(value)),
      JSON.stringify({ ...good, more: "x".repeat(70_000) }),
    ];
    for (const text of texts) {
      await writeFile(path, text);
      assert.equal(await journal.load(key), undefined, text.slice(0, 100));
    }
    await fc.assert(fc.asyncProperty(fc.string(), async (text) => {
      await writeFile(path, text);
      assert.equal(await journal.load(key), undefined);
    }));
    await journal.save(key, record);
    assert.deepEqual(await journal.load(key), record);
  }),
);

test(
  "what is a day old is removed, and nothing that is not ours",
  withJournal(async (directory, journal) => {
    await journal.save(key, record);
    const [name = ""] = await readdir(directory);
    await writeFile(join(directory, "notes.txt"), "mine");
    await writeFile(join(directory, `${name}.left-over`), "ours");
    const yesterday = Date.now() / 1000 - 25 * 60 * 60;
    for (const file of await readdir(directory)) {
      await utimes(join(directory, file), yesterday, yesterday);
    }
    assert.equal(await fileUploadJournal(directory).load(key), undefined);
    assert.deepEqual(await readdir(directory), ["notes.txt"]);
  }),
);

test("where nothing can be remembered, nothing fails", () =>
  withTempDir(async (place) => {
    const file = join(place, "file");
    await writeFile(file, "");
    const closed = join(place, "closed");
    await mkdir(closed);
    await chmod(closed, 0);
    // As the system does for a user that it does not know.
    const homeless = () => {
      throw new Error("ENOENT: no such file or directory, uv_os_homedir");
    };
    const below = join(file, "below");
    for (const directory of [file, below, join(closed, "x"), "\0", homeless]) {
      const journal = fileUploadJournal(directory);
      await journal.save(key, record);
      await journal.load(key);
      await journal.remove(key);
    }
    await chmod(closed, 0o700);
  }));

test(
  "saving at the same time leaves one whole record",
  withJournal(async (directory, journal) => {
    const offsets = Array.from({ length: 20 }, (_, i) => i);
    await Promise.all(
      offsets.map((offset) => journal.save(key, { ...record, offset })),
    );
    const found = await journal.load(key);
    assert.ok(offsets.includes(found?.offset ?? -1));
    assert.equal((await readdir(directory)).length, 1);
  }),
);

test("the place for what can be done without, by system and environment", {
  skip: !isUnix,
}, () => {
  const home = "/home/me";
  const cases: [
    env: Record<string, string>,
    platform: string,
    expected: string,
  ][] = [
    [{}, "linux", "/home/me/.cache/scratchbuild"],
    [{ XDG_CACHE_HOME: "/var/c" }, "linux", "/var/c/scratchbuild"],
    // Relative ones are to be ignored, says the specification.
    [{ XDG_CACHE_HOME: "c" }, "linux", "/home/me/.cache/scratchbuild"],
    [{ XDG_CACHE_HOME: "" }, "linux", "/home/me/.cache/scratchbuild"],
    [{}, "darwin", "/home/me/Library/Caches/scratchbuild"],
    [{ XDG_CACHE_HOME: "/var/c" }, "darwin", "/var/c/scratchbuild"],
    [{ LOCALAPPDATA: "/local" }, "win32", "/local/scratchbuild"],
    [{}, "win32", "/home/me/AppData/Local/scratchbuild"],
    [
      { SCRATCHBUILD_CACHE_DIR: "/mine", XDG_CACHE_HOME: "/var/c" },
      "linux",
      "/mine",
    ],
  ];
  for (const [env, platform, expected] of cases) {
    assert.equal(cacheDirectory({ env, platform, home }), expected);
  }
  const env = { SCRATCHBUILD_CACHE_DIR: "/mine" };
  assert.equal(cacheDirectory({ env }), "/mine");
});
