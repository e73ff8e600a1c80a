import assert from "node:assert/strict";
import { test } from "node:test";
import { isDateTime, secondsToDateTime } from "../../src/spec/date_time.ts";

test("a date and time is one that exists, as RFC 3339 writes it", () => {
  for (
    const text of [
      "1970-01-01T00:00:00Z",
      "0001-01-01T00:00:00Z",
      "2024-02-29T23:59:59.123456789+05:30",
    ]
  ) assert.ok(isDateTime(text), text);
  for (
    const text of [
      "",
      "0",
      "2026-01-01",
      "2026-02-30T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "2026-01-01T00:00:60Z",
      "2026-01-01T00:00:00",
      "2026-01-01t00:00:00z",
      "2026-01-01 00:00:00Z",
      " 2026-01-01T00:00:00Z",
    ]
  ) assert.ok(!isDateTime(text), text);
});

test("seconds are written as Date does, without thousandths", () => {
  assert.equal(secondsToDateTime(0), "1970-01-01T00:00:00Z");
  assert.equal(secondsToDateTime(253402300799), "9999-12-31T23:59:59Z");
});
