import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { runWatched } from "../../scripts/watched.ts";

const skip = process.platform === "win32" && "needs a POSIX shell";
const options = { silenceLimit: 30_000 };

test("runWatched gives the exit status", { skip }, async () => {
  assert.deepEqual(await runWatched("true", [], options), { code: 0 });
  assert.deepEqual(await runWatched("sh", ["-c", "exit 3"], options), {
    code: 3,
  });
});

test("runWatched tells which signal ended a program", { skip }, async () => {
  const ending = await runWatched("sh", ["-c", "kill -9 $$"], options);
  assert.deepEqual(ending, { trouble: "ended by SIGKILL" });
});

test("runWatched ends a program that falls silent", { skip }, async () => {
  const ending = await runWatched("sleep", ["60"], { silenceLimit: 200 });
  assert.deepEqual(ending, { trouble: "ended after 0.2 s without output" });
});

test("runWatched reports a program that is not there", async () => {
  const ending = await runWatched("no-such-program-here", [], options);
  assert.match("trouble" in ending ? ending.trouble : "", /no-such-program/);
});
