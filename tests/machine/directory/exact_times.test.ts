import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTimes } from "../../../src/machine/directory/exact_times.ts";

test("times as stat prints them", () => {
  const printed = "1577836800.123456789 /a b\0-1.250000000 /caf\xc3\xa9\n\0" +
    "-0.000000001 x\x000.000000000 0.000000000 y\0";
  assert.deepEqual([...parseTimes(printed)], [
    ["/a b", { mtime: 1577836800, mtimeNanoseconds: 123456789 }],
    ["/caf\u00e9\n", { mtime: -2, mtimeNanoseconds: 750_000_000 }],
    ["x", { mtime: -1, mtimeNanoseconds: 999_999_999 }],
    ["0.000000000 y", { mtime: 0, mtimeNanoseconds: 0 }],
  ]);
});
