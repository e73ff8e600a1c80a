import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../../../src/registry/http/backoff.ts";
import { durationText } from "../../../src/registry/http/duration_text.ts";
import {
  httpDate,
  retryAfter,
} from "../../../src/registry/http/retry_after.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

function asked(text: string, date?: string): number | undefined {
  const headers = new Headers({ "retry-after": text });
  if (date !== undefined) headers.set("date", date);
  return retryAfter(headers, NOW);
}

test("Retry-After in seconds (req-014)", () => {
  assert.equal(asked("1"), 1000);
  assert.equal(asked(" 120 "), 120_000);
  assert.equal(asked("0.5"), 500);
  assert.equal(asked("0"), undefined);
  assert.equal(retryAfter(new Headers(), NOW), undefined);
  assert.ok((asked("9".repeat(400)) ?? 0) > 1e300);
});

test("Retry-After as a date is judged by the server's own clock (req-014)", () => {
  for (
    const date of [
      "Thu, 01 Jan 2026 12:00:30 GMT",
      "Thursday, 01-Jan-26 12:00:30 GMT",
      "Thu Jan  1 12:00:30 2026",
    ]
  ) {
    assert.equal(asked(date), 30_000);
    // That of this machine is a day off, in either direction.
    assert.equal(asked(date, "Thu, 01 Jan 2026 12:00:10 GMT"), 20_000);
  }
  const later = "Fri, 02 Jan 2026 12:00:30 GMT";
  assert.equal(asked(later, "Fri, 02 Jan 2026 12:00:00 GMT"), 30_000);
  const earlier = "Wed, 31 Dec 2025 12:00:30 GMT";
  assert.equal(asked(earlier, "Wed, 31 Dec 2025 12:00:00 GMT"), 30_000);
  assert.equal(asked(earlier), undefined);
  assert.equal(asked("Thu, 01 Jan 2026 12:00:30 GMT", "nonsense"), 30_000);
});

test("Retry-After that is no time counts as none", () => {
  for (
    const text of [
      "880µs",
      "-5",
      "+5",
      "1e3",
      "0x10",
      "5s",
      "1m30s",
      "soon",
      "1 2",
      "NaN",
      "Infinity",
      "2026-01-01T12:00:30Z",
      "Thu, 01 Foo 2026 12:00:30 GMT",
      "Thu, 01 Jan 2026 12:00:30",
      "",
      ",",
    ]
  ) {
    assert.equal(asked(text), undefined, text);
  }
});

test("dates of HTTP, there and back", () => {
  const date = fc.date({
    min: new Date("1970-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  fc.assert(fc.property(date, (date) => {
    const seconds = Math.floor(date.getTime() / 1000) * 1000;
    assert.equal(httpDate(new Date(seconds).toUTCString()), seconds);
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    httpDate(text);
  }));
  assert.equal(httpDate(null), undefined);
});

test("long texts take linear time (ReDoS)", () => {
  for (const text of ["9", "9.", " ", "Thu, ", "é", "9 "]) {
    const headers = new Headers();
    headers.get = () => text.repeat(100_000 / text.length);
    const start = performance.now();
    retryAfter(headers, NOW);
    assert.ok(performance.now() - start < 250, text);
  }
});

test("oras: waits grow, with full jitter below", {
  skip: skipWithoutCorpora,
}, () => {
  const corpus = readCorpus<
    Record<string, { attempt: number; expectedBackoff: { $go: string } }[]>
  >("http/backoff-oras.json");
  const rows = corpus["Test_ExponentialBackoff.testCases"] ?? [];
  assert.equal(rows.length, 6);
  for (const { attempt, expectedBackoff } of rows) {
    const [count = "", unit] = expectedBackoff.$go.split(" * ");
    const expected = Number(count) * (unit === "time.Second" ? 1000 : 1);
    assert.equal(backoff(attempt + 1, () => 1), expected);
    assert.equal(backoff(attempt + 1, () => 0.5), expected / 2);
    assert.equal(backoff(attempt + 1, () => 0), 0);
  }
});

test("no wait grows without end", () => {
  for (const failures of [8, 20, 2000]) {
    assert.equal(backoff(failures, () => 1), 32_000);
  }
});

test("durations for people", () => {
  for (
    const [milliseconds, text] of [
      [1, "1 second"],
      [1000, "1 second"],
      [61_000, "61 seconds"],
      [120_000, "2 minutes"],
      [15 * 60_000, "15 minutes"],
      [24 * 3_600_000, "24 hours"],
      [49 * 3_600_000, "3 days"],
      [Infinity, "a very long time"],
    ] as const
  ) {
    assert.equal(durationText(milliseconds), text);
  }
});
