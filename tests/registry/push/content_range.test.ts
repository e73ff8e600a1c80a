import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  contentRange,
  storedBytes,
} from "../../../src/registry/push/content_range.ts";

test("a range has both ends and no unit (req-046)", () => {
  assert.equal(contentRange(0, 10), "0-9");
  assert.equal(contentRange(10, 11), "10-10");
  fc.assert(fc.property(fc.nat(), fc.nat(), (start, length) => {
    assert.match(contentRange(start, start + length + 1), /^[0-9]+-[0-9]+$/);
  }));
});

test("what a registry has, in all the spellings that were met", () => {
  const cases: [header: string | null, stored: number | undefined][] = [
    ["0-9", 10],
    ["bytes=0-9", 10],
    ["bytes 0-9", 10],
    ["bytes 0-9/20", 10],
    ["bytes 0-9/*", 10],
    [" 0-9 ", 10],
    ["5-9", 10],
    // Nothing, or a single byte: docker-registry says the same of both.
    ["0-0", 0],
    [null, undefined],
    ["", undefined],
    ["0", undefined],
    ["-9", undefined],
    ["0-", undefined],
    ["9-0", undefined],
    ["0--1", undefined],
    ["0-1e3", undefined],
    ["0-9007199254740993", undefined],
    ["0-99999999999999999999", undefined],
    ["0-9,20-29", undefined],
    ["none", undefined],
  ];
  for (const [header, stored] of cases) {
    assert.equal(storedBytes(header), stored, String(header));
  }
});

test("what we write is what we read, and nothing throws", () => {
  fc.assert(fc.property(fc.integer({ min: 2 }), (end) => {
    assert.equal(storedBytes(contentRange(0, end)), end);
  }));
  fc.assert(fc.property(fc.string(), (text) => {
    const stored = storedBytes(text);
    assert.ok(stored === undefined || Number.isSafeInteger(stored));
  }));
  const start = performance.now();
  storedBytes(" ".repeat(100_000) + "0".repeat(100_000));
  assert.ok(performance.now() - start < 50);
});
