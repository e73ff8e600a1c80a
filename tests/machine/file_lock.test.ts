import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFileLock } from "../../src/machine/file_lock.ts";
import { withTempDir } from "../support/temp_dir.ts";

const options = { doing: "change the file" };

function withLock(
  use: (file: string, lock: string) => Promise<void>,
): Promise<void> {
  return withTempDir((dir) =>
    use(join(dir, "file"), join(dir, ".file.scratchbuild-lock"))
  );
}

/** Leaves a lock behind that is so many seconds old. */
function leaveLock(lock: string, seconds: number): void {
  writeFileSync(lock, "1 somebody\n");
  const time = Date.now() / 1000 - seconds;
  utimesSync(lock, time, time);
}

test("the lock is there while the work is done, and then is not", async () => {
  await withLock(async (file, lock) => {
    const result = await withFileLock(file, () => existsSync(lock), options);
    assert.equal(result, true);
    assert.ok(!existsSync(lock));
  });
});

test("a lock ends with work that fails", async () => {
  await withLock(async (file, lock) => {
    const fail = () => {
      throw new Error("it fell over");
    };
    await assert.rejects(withFileLock(file, fail, options), /it fell over/);
    assert.ok(!existsSync(lock));
  });
});

test("a fresh lock is waited for", async () => {
  await withLock(async (file, lock) => {
    leaveLock(lock, 0);
    let done = false;
    const waiting = withFileLock(file, () => done = true, options);
    assert.ok(!done);

    rmSync(lock);
    await waiting;
    assert.ok(done);
  });
});

test("an old lock is broken by one of those who wait, the others wait on", async () => {
  await withLock(async (file, lock) => {
    leaveLock(lock, 60);
    writeFileSync(file, "0");
    const add = () =>
      writeFileSync(file, `${Number(readFileSync(file, "utf8")) + 1}`);
    await Promise.all(
      Array.from({ length: 8 }, () => withFileLock(file, add, options)),
    );
    assert.equal(readFileSync(file, "utf8"), "8");
    assert.deepEqual(readdirSync(join(lock, "..")), ["file"]);
  });
});

test("a lock whose clock is ahead is broken once it was watched for long", async () => {
  await withLock(async (file, lock) => {
    leaveLock(lock, -3600);
    const times = [0, 5_000, 10_000, 10_001];
    const now = () => times.shift() ?? assert.fail("it waits on");
    await withFileLock(file, () => {}, { ...options, now });
    assert.deepEqual(times, []);
    assert.ok(!existsSync(lock));
  });
});

test("a lock that another one took meanwhile is left to it", async () => {
  await withLock(async (file, lock) => {
    await withFileLock(file, () => writeFileSync(lock, "2 other\n"), options);
    assert.equal(readFileSync(lock, "utf8"), "2 other\n");
  });
});

test("the signal ends the waiting, and says what was not done", async () => {
  await withLock(async (file, lock) => {
    leaveLock(lock, 0);
    await assert.rejects(
      withFileLock(file, () => assert.fail("the work was done"), {
        ...options,
        signal: AbortSignal.abort(),
      }),
      {
        code: "ABORTED",
        message: "Cannot change the file: the work was interrupted",
      },
    );
    assert.ok(existsSync(lock));
  });
});

test("a link to nowhere in the place of the lock is no end of it", async () => {
  await withLock(async (file, lock) => {
    symlinkSync("nowhere", lock);
    const signal = AbortSignal.timeout(50);
    await assert.rejects(
      withFileLock(file, () => "done", { ...options, signal }),
      { code: "ABORTED" },
    );
    let time = 0;
    const now = () => time += 6000;
    assert.equal(
      await withFileLock(file, () => "done", { ...options, now }),
      "done",
    );
    assert.ok(!lstatSync(lock, { throwIfNoEntry: false }));
  });
});
