import assert from "node:assert/strict";
import { test } from "node:test";
import {
  coverage,
  parseRequirements,
  rowsInName,
} from "../../scripts/requirements.ts";

const table = `
| row | requirement | source | not applying because |
| --- | ----------- | ------ | -------------------- |
| 1   | one         | DS     |                      |
| 2   | two         | DS     |                      |
| 3   | three       | DS     | it does not exist    |
| 5   | five        | DS     |                      |
`;

test("rows of the table, with their exemptions", () => {
  assert.deepEqual(parseRequirements(table), [
    { row: 1 },
    { row: 2 },
    { row: 3, exemption: "it does not exist" },
    { row: 5 },
  ]);
});

test("rows in the name of a test", () => {
  assert.deepEqual(rowsInName("a name of 3 rows (req-001, req-012)"), [1, 12]);
  assert.deepEqual(rowsInName("req-1 and xreq-002 are none"), []);
});

test("all rows that apply are shown", () => {
  const { line, failures } = coverage(parseRequirements(table), [
    "a (req-001)",
    "b (req-002, req-005)",
  ]);
  assert.equal(line, "3 of 4 shown (1-2, 5); not applying: 3");
  assert.deepEqual(failures, []);
});

test("a row that only a skipped test shows is neither shown nor a failure", () => {
  const { line, failures } = coverage(
    parseRequirements(table),
    ["a (req-001, req-002)"],
    ["b (req-005)"],
  );
  assert.equal(line, "2 of 4 shown (1-2); not applying: 3");
  assert.deepEqual(failures, []);
});

test("a row that is missing or exempt is a failure, one of other tables is none", () => {
  const { line, failures } = coverage(parseRequirements(table), [
    "a (req-001)",
    "b (req-003, req-004)",
  ]);
  assert.equal(line, "2 of 4 shown (1, 3); not applying: 3");
  assert.deepEqual(failures, [
    "requirement 2 is shown by no test that passed",
    "requirement 5 is shown by no test that passed",
    "requirement 3 is shown, and said not to apply",
  ]);
});
