import assert from "node:assert/strict";
import { test } from "node:test";
import { versionOf } from "../../../src/machine/directory/version_of.ts";

const TIME = 1_700_000_000_123.25;
const LISTED = { ino: 7, size: 12, mtimeMs: TIME, ctimeMs: TIME };
const LATER = TIME + 60_000;

test("a file is another version by each of what is listed", () => {
  const version = versionOf(LISTED, LATER);
  assert.deepEqual(versionOf({ ...LISTED }, LATER + 1), version);
  for (
    const change of [
      { ino: 8 },
      { size: 13 },
      { mtimeMs: TIME + 0.25 },
      { ctimeMs: TIME + 0.25 },
    ]
  ) {
    const other = versionOf({ ...LISTED, ...change }, LATER);
    assert.notEqual(other?.text, version?.text, JSON.stringify(change));
  }
});

test("what was changed within two seconds has no version", () => {
  assert.equal(versionOf(LISTED, TIME + 1999), undefined);
  assert.ok(versionOf(LISTED, TIME + 2000));
  const touched = { ...LISTED, ctimeMs: LATER - 1000 };
  assert.equal(versionOf(touched, LATER), undefined);
  const future = { ...LISTED, mtimeMs: LATER + 1000 };
  assert.equal(versionOf(future, LATER), undefined);
  assert.equal(versionOf({ ...LISTED, ctimeMs: NaN }, LATER), undefined);
});

test("a time without a fraction may be up to a second later", () => {
  const second = 1_700_000_000_000;
  const deno = { ...LISTED, mtimeMs: second + 900, ctimeMs: second };
  assert.equal(versionOf(deno, second + 2950), undefined);
  assert.ok(versionOf(deno, second + 3000));
});

test("times that are whole seconds and equal prove nothing", () => {
  const made = { ...LISTED, mtimeMs: 86_400_000, ctimeMs: 86_400_000 };
  assert.equal(versionOf(made, LATER)?.isCoarse, true);
  const unpacked = { ...made, ctimeMs: TIME };
  assert.equal(versionOf(unpacked, LATER)?.isCoarse, false);
  assert.equal(versionOf(LISTED, LATER)?.isCoarse, false);
});
