import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseExpression } from "../../../src/tree/ignore/parse_expression.ts";
import { PatternProgram } from "../../../src/tree/ignore/pattern_program.ts";

function program(source: string): PatternProgram {
  return new PatternProgram(parseExpression(source));
}

/** What patterns become, and what odd ones become. */
const source = fc.array(
  fc.constantFrom(
    ..."aab//^]",
    "[^/]*",
    "[^/]*",
    "(.*/)?",
    "(.*/)?",
    "/(.*/)?",
    "[^/]",
    "[a-b]",
    "[^a]",
    "[[^/]*",
    "[(.*/)?]",
    "\\.",
  ),
  { maxLength: 8 },
).chain((parts) =>
  fc.constantFrom("", ".*").map((end) => parts.join("") + end)
);

const path = fc.array(fc.constantFrom(..."aaabb/.[^\n"), { maxLength: 14 })
  .map((characters) => characters.join(""));

/** The beginnings of a path that end where a name ends, and the path. */
function namesIn(given: string): string[] {
  const ends = [...given.matchAll(/\//g)].map(({ index }) => index);
  return [...ends, given.length].map((end) => given.slice(0, end));
}

test("a path matches as by a regular expression, or a directory above it", () => {
  fc.assert(
    fc.property(source, fc.array(path), (expression, paths) => {
      const own = program(expression);
      const reference = new RegExp(`^${expression}$`);
      for (const given of paths) {
        const expected = namesIn(given).some((name) => reference.test(name));
        assert.equal(own.matches(given), expected, JSON.stringify(given));
      }
    }),
    { numRuns: 5_000 },
  );
});

test("what begins a match may begin one", () => {
  fc.assert(
    fc.property(source, path, (expression, given) => {
      const own = program(expression);
      if (!new RegExp(`^${expression}$`).test(given)) return;
      for (let end = 0; end < given.length; end++) {
        assert.ok(own.mayBegin(given.slice(0, end)), given.slice(0, end));
      }
    }),
    { numRuns: 5_000 },
  );
});

test("what begins no match may begin none", () => {
  const own = program("a/[^/]*/b");
  assert.ok(own.mayBegin("a/x/"));
  assert.ok(!own.mayBegin("b/"));
  assert.ok(!own.mayBegin("a/x/y/"));
  assert.ok(!own.mayBegin("a/x/b/"));
});
