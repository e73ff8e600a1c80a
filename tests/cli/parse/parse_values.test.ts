import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  imagePathParser,
  parsePort,
  parseStopSignal,
  parseUser,
  textParser,
} from "../../../src/cli/parse/parse_config.ts";
import { parseDateTime } from "../../../src/cli/parse/parse_date_time.ts";
import { durationParser } from "../../../src/cli/parse/parse_duration.ts";
import {
  parseHealthCommand,
  parseHealthRetries,
} from "../../../src/cli/parse/parse_health.ts";
import {
  parseCompressionLevel,
  parseConcurrency,
  parseJobs,
  parseOwner,
  parseSeconds,
} from "../../../src/cli/parse/parse_numbers.ts";
import {
  pairParser,
  parseVariable,
} from "../../../src/cli/parse/parse_pairs.ts";
import { sourceDateEpoch } from "../../../src/cli/source_date_epoch.ts";
import { secondsToDateTime } from "../../../src/spec/date_time.ts";

/** Refuses each text with a usage error that names the flag and the text. */
function assertRefused(
  parse: (text: string) => unknown,
  flag: string,
  texts: readonly string[],
): void {
  for (const text of texts) {
    assert.throws(() => parse(text), (error: Error & { code?: string }) => {
      assert.equal(error.code, "USAGE", text);
      assert.ok(
        error.message.startsWith(`Cannot use ${flag} "`),
        error.message,
      );
      assert.ok(!error.message.includes("\n"), error.message);
      return true;
    }, `${flag} ${JSON.stringify(text)}`);
  }
}

test("pairParser parts NAME from VALUE at the first =", () => {
  const parse = pairParser("label");
  assert.deepEqual(parse("A=1"), ["A", "1"]);
  assert.deepEqual(parse("A="), ["A", ""]);
  assert.deepEqual(parse("A==b=c"), ["A", "=b=c"]);
  assert.deepEqual(parse("A=x\ny"), ["A", "x\ny"]);
  assert.deepEqual(parse("a,b=c,d"), ["a,b", "c,d"]);
  assert.deepEqual(parse("__proto__=x"), ["__proto__", "x"]);
  assertRefused(parse, "--label", ["FOO", "", "=x", "=", "A=\0"]);
});

test("parseVariable takes a name alone too", () => {
  assert.deepEqual(parseVariable("A=1=2"), ["A", "1=2"]);
  assert.deepEqual(parseVariable("A="), ["A", ""]);
  assert.deepEqual(parseVariable("A"), ["A"]);
  assertRefused(parseVariable, "--env", ["", "=x", "=", "A=\0", "\0"]);
});

test("textParser takes any text that says something", () => {
  const parse = textParser("author");
  assert.equal(parse("A <a@example.com>"), "A <a@example.com>");
  assertRefused(parse, "--author", ["", " ", "a\0"]);
});

test("durationParser reads what Go writes, as nanoseconds", () => {
  const parse = durationParser("health-interval");
  const cases: [text: string, nanoseconds: number][] = [
    ["0", 0],
    ["0s", 0],
    ["1ms", 1e6],
    ["500ms", 5e8],
    ["30s", 30e9],
    ["1m30s", 90e9],
    ["1h2m3s", 3723e9],
    ["1.5h", 5400e9],
    [".5s", 5e8],
    ["1.s", 1e9],
    ["1000000ns", 1e6],
    ["1000us", 1e6],
    ["1000µs", 1e6],
    ["1000μs", 1e6],
    ["1000000.9ns", 1e6],
    ["2501h", 9003600e9],
  ];
  for (const [text, nanoseconds] of cases) {
    assert.equal(parse(text), nanoseconds, text);
  }
  assertRefused(parse, "--health-interval", [
    "",
    "30",
    "-1s",
    "+1s",
    "s",
    ".s",
    "1 s",
    " 1s",
    "1s ",
    "1d",
    "1S",
    "1e3s",
    "1,5s",
    "999us",
    "1ns",
    "2503h",
    `${"9".repeat(99)}h`,
    `${"9".repeat(100_000)}s`,
  ]);
});

test("durationParser reads every duration of whole milliseconds", () => {
  const parse = durationParser("health-timeout");
  const amount = fc.integer({ min: 0, max: 59 });
  fc.assert(
    fc.property(amount, amount, amount, fc.nat(999), (h, m, s, ms) => {
      const expected = ((h * 60 + m) * 60 + s) * 1e9 + ms * 1e6;
      assert.equal(parse(`${h}h${m}m${s}s${ms}ms`), expected);
      const fraction = String(ms).padStart(3, "0");
      assert.equal(parse(`${h}h${m}m${s}.${fraction}s`), expected);
    }),
  );
});

test("parseHealthCommand tells a command of a shell from a program", () => {
  assert.deepEqual(parseHealthCommand("curl -f 'x y' || exit 1"), [
    "CMD-SHELL",
    "curl -f 'x y' || exit 1",
  ]);
  assert.deepEqual(parseHealthCommand('["/app", "--health", ""]'), [
    "CMD",
    "/app",
    "--health",
    "",
  ]);
  assertRefused(parseHealthCommand, "--health-cmd", [
    "",
    " ",
    "[]",
    '[""]',
    "[/app]",
    "[1]",
    "a\0",
  ]);
});

test("parseHealthRetries takes whole numbers", () => {
  assert.equal(parseHealthRetries("0"), 0);
  assert.equal(parseHealthRetries("3"), 3);
  assertRefused(parseHealthRetries, "--health-retries", [
    ...["", "-1", "1.5", "2147483648", "x"],
  ]);
});

test("parseUser takes names and numbers a container can have", () => {
  for (
    const text of [
      "root",
      "0",
      "1000:1000",
      "nobody:nogroup",
      "2147483647:2147483647",
      "app-1.x",
      "DOMAIN\\user",
    ]
  ) assert.equal(parseUser(text), text);
  assertRefused(parseUser, "--user", [
    "",
    ":",
    "a:",
    ":a",
    "a:b:c",
    "a b",
    "2147483648",
    "4294967296",
    "0:4294967295",
    "99999999999999999999999",
    "-1",
    "+5",
    "a\nb",
  ]);
});

test("imagePathParser takes absolute paths", () => {
  const parse = imagePathParser("workdir");
  for (const text of ["/", "/app", "/a b/ü", "C:\\app", "c:/app"]) {
    assert.equal(parse(text), text);
  }
  assertRefused(parse, "--workdir", [
    "",
    "app",
    "./app",
    "../app",
    "~",
    "C:app",
    "/a\0b",
  ]);
});

test("parsePort writes the protocol out", () => {
  const cases: [text: string, port: string][] = [
    ["80", "80/tcp"],
    ["080", "80/tcp"],
    ["53/udp", "53/udp"],
    ["1/sctp", "1/sctp"],
    ["65535", "65535/tcp"],
    ["8000-8010", "8000-8010/tcp"],
    ["8000-8000/udp", "8000/udp"],
  ];
  for (const [text, port] of cases) assert.equal(parsePort(text), port);
  assertRefused(parsePort, "--expose", [
    "",
    "0",
    "70000",
    "65536",
    "-1",
    "80/icmp",
    "80/TCP",
    "80/",
    "http",
    "8010-8000",
    "8000-70000",
    "8080:80",
    "1e3",
    "80 ",
    "99999999999999999999",
  ]);
});

test("parseStopSignal takes names and numbers", () => {
  for (const text of ["SIGTERM", "SIGRTMIN+3", "SIGRTMAX-14", "9", "64"]) {
    assert.equal(parseStopSignal(text), text);
  }
  assertRefused(parseStopSignal, "--stop-signal", [
    "",
    "TERM",
    "sigterm",
    "0",
    "65",
    "SIG",
    "SIG TERM",
    "SIGRTMIN+",
  ]);
});

test("parseOwner takes two numbers", () => {
  assert.deepEqual(parseOwner("0:0"), { uid: 0, gid: 0 });
  assert.deepEqual(parseOwner("2147483647:1"), { uid: 2147483647, gid: 1 });
  assertRefused(parseOwner, "--owner", [
    "",
    "root",
    "root:root",
    "1000",
    "1000:",
    ":1000",
    "1:2:3",
    "-1:0",
    "2147483648:0",
    "0:2147483648",
    "1.5:0",
    " 1:1",
    "0x10:0",
  ]);
});

test("parseCompressionLevel takes 1 to 19", () => {
  assert.equal(parseCompressionLevel("1"), 1);
  assert.equal(parseCompressionLevel("19"), 19);
  assertRefused(parseCompressionLevel, "--compression-level", [
    "",
    "0",
    "20",
    "-1",
    "1.5",
    "max",
  ]);
});

test("parseJobs takes 1 to 256", () => {
  assert.equal(parseJobs("1"), 1);
  assert.equal(parseJobs("256"), 256);
  assertRefused(parseJobs, "--jobs", ["", "0", "257", "-1", "1.5", "all"]);
});

test("seconds are whole, from 0 to the year 9999", () => {
  const parse = (text: string) => parseSeconds("--mtime", text);
  assert.equal(parse("0"), 0);
  assert.equal(parse("253402300799"), 253402300799);
  assertRefused(parse, "--mtime", [
    "",
    "-1",
    "1.5",
    "1e9",
    "now",
    "253402300800",
    "9".repeat(400),
  ]);
});

test("SOURCE_DATE_EPOCH is read, and garbage in it refused", () => {
  assert.equal(sourceDateEpoch({}), 0);
  assert.equal(sourceDateEpoch({ SOURCE_DATE_EPOCH: "" }), 0);
  assert.equal(
    sourceDateEpoch({ SOURCE_DATE_EPOCH: "1700000000" }),
    1700000000,
  );
  assertRefused(
    (text) => sourceDateEpoch({ SOURCE_DATE_EPOCH: text }),
    "SOURCE_DATE_EPOCH",
    [
      ...["x", "-1", "+1", "1.0", " 1", "1 ", " ", "1e3", "0x10", "1_000"],
      ...["253402300800", "9".repeat(400), "2026-01-01T00:00:00Z", "\u0661"],
    ],
  );
});

test("parseDateTime gives one spelling for one instant", () => {
  const cases: [text: string, time: string][] = [
    ["0", "1970-01-01T00:00:00Z"],
    ["1700000000", "2023-11-14T22:13:20Z"],
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"],
    ["2026-01-31t12:00:00z", "2026-01-31T12:00:00Z"],
    ["2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00Z"],
    ["2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"],
    ["2025-12-31T20:00:00-05:30", "2026-01-01T01:30:00Z"],
    ["2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.5Z"],
    ["2026-01-31T12:00:00.120000000Z", "2026-01-31T12:00:00.12Z"],
    ["2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00Z"],
    ["1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"],
  ];
  for (const [text, time] of cases) {
    assert.equal(parseDateTime(text), time, text);
  }
  assertRefused(parseDateTime, "--created", [
    "",
    "now",
    "2026-01-31",
    "2026-01-31T12:00:00",
    "2026-01-31 12:00:00Z",
    "2026-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T12:60:00Z",
    "2026-01-31T12:00:60Z",
    "2026-01-31T12:00:00+24:00",
    "0050-01-01T00:00:00Z",
    "9999-12-31T23:59:59-01:00",
    "-1",
    "253402300800",
  ]);
});

test("parseDateTime agrees with Date for every second", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253402300799 }), (seconds) => {
      const time = secondsToDateTime(seconds);
      assert.equal(Date.parse(time), seconds * 1000);
      assert.equal(parseDateTime(time), time);
      assert.equal(parseDateTime(String(seconds)), time);
    }),
  );
});

test("parseConcurrency takes 1 to 64", () => {
  for (const count of [1, 4, 64]) {
    assert.equal(parseConcurrency(String(count)), count);
  }
  assertRefused(parseConcurrency, "--concurrency", [
    ...["", "0", "-1", "65", "4.0", "1e1", " 4", "all"],
  ]);
});
