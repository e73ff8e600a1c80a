import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  formatBytes,
  formatDuration,
} from "../../../src/cli/progress/format_amounts.ts";

test("formatBytes takes the unit that fits", () => {
  const cases: [bytes: number, text: string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [1049, "1.0 kB"],
    [999_949, "999.9 kB"],
    [999_950, "1.0 MB"],
    [12_345_678, "12.3 MB"],
    [999_950_000, "1.0 GB"],
    [5e12, "5.0 TB"],
    [7e15, "7.0 PB"],
  ];
  for (const [bytes, text] of cases) assert.equal(formatBytes(bytes), text);
});

test("formatBytes never takes more than eight columns", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 9.9e17, noNaN: true }), (bytes) => {
      assert.ok(formatBytes(bytes).length <= 8, formatBytes(bytes));
    }),
  );
});

test("formatDuration tells seconds and minutes", () => {
  const cases: [milliseconds: number, text: string][] = [
    [0, "0.0 s"],
    [340, "0.3 s"],
    [9949, "9.9 s"],
    [9950, "10 s"],
    [59_400, "59 s"],
    [59_600, "1 min 00 s"],
    [185_000, "3 min 05 s"],
    [3_600_000, "60 min 00 s"],
  ];
  for (const [milliseconds, text] of cases) {
    assert.equal(formatDuration(milliseconds), text);
  }
});
