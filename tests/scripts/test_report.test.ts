import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestCase } from "../../scripts/junit.ts";
import {
  failureLines,
  lostTests,
  type Results,
  skipLines,
  sum,
  tally,
  tallyLine,
} from "../../scripts/test_report.ts";

const passed: TestCase = {
  name: "works",
  file: "./tests/a.test.ts",
  outcome: "passed",
};
const failed: TestCase = { ...passed, name: "breaks", outcome: "failed" };
const skipped: TestCase = { ...passed, name: "waits", outcome: "skipped" };

test("tally counts tests, and trouble as failures", () => {
  assert.deepEqual(
    tally({ cases: [passed, passed, failed, skipped], troubles: [] }),
    { passed: 2, failed: 1, skipped: 1 },
  );
  assert.deepEqual(
    tally({ cases: [passed, failed], troubles: ["exit status 1"] }),
    { passed: 1, failed: 2, skipped: 0 },
  );
});

test("sum adds up all parts", () => {
  const total = sum([
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ]);
  assert.equal(tallyLine(total), "11 passed, 22 failed, 33 skipped");
});

test("failureLines names the part, the file and the test", () => {
  const results: Results = new Map([
    ["deno", { cases: [passed, failed], troubles: [] }],
    ["bun", { cases: [], troubles: ["exit status 1"] }],
  ]);
  assert.deepEqual(failureLines(results), [
    "deno: tests/a.test.ts: breaks",
    "bun: exit status 1",
  ]);
});

test("skipLines takes the reason from the part that tells it", () => {
  const results: Results = new Map([
    ["deno", { cases: [skipped], troubles: [] }],
    ["bun", { cases: [{ ...skipped, file: "tests/a.test.ts" }], troubles: [] }],
    ["node", {
      cases: [{ ...skipped, reason: "needs skopeo" }],
      troubles: [],
    }],
  ]);
  assert.deepEqual(skipLines(results), [
    "tests/a.test.ts: waits (deno, bun, node): needs skopeo",
  ]);
});

test("lostTests finds a test that one runtime did not report", () => {
  const results: Results = new Map([
    ["deno", { cases: [passed], troubles: [] }],
    ["bun", { cases: [passed, skipped], troubles: [] }],
    ["node", { cases: [passed, skipped], troubles: [] }],
    ["doc", { cases: [{ ...passed, name: "an example" }], troubles: [] }],
  ]);
  assert.deepEqual(lostTests(results), [
    "deno did not report tests/a.test.ts: waits",
  ]);
});

test("lostTests counts tests of the same name", () => {
  const results: Results = new Map([
    ["bun", { cases: [passed, passed], troubles: [] }],
    ["node", { cases: [passed], troubles: [] }],
  ]);
  assert.deepEqual(lostTests(results), [
    "node did not report tests/a.test.ts: works",
  ]);
});
