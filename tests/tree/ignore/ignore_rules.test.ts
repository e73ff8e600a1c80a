import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { IgnoreRules } from "../../../src/tree/ignore/ignore_rules.ts";
import { parseIgnoreFile } from "../../../src/tree/ignore/parse_ignore_file.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";
import { compileReference, isIgnoredByReference } from "./reference_rules.ts";

interface CompiledRow {
  readonly pattern: string;
  readonly matchType: string;
  readonly compiledRegexp: string;
}

test("the reference makes of patterns what moby makes of them", {
  skip: skipWithoutCorpora,
}, () => {
  const { cases } = readCorpus<{ cases: CompiledRow[] }>(
    "patternmatcher/compile.json",
  );
  assert.ok(cases.length > 0);
  for (const { pattern, matchType, compiledRegexp } of cases) {
    const { kind, source } = compileReference(pattern);
    assert.deepEqual([kind, source], [matchType, compiledRegexp], pattern);
  }
});

const piece = fc.constantFrom(
  ..."aaabb.é/////****?😀",
  "**",
  "**/",
  "/**",
  "[ab]",
  "[^a]",
  "[a-c😀]",
  "\\*",
  "(+$)",
);

const patterns = fc.array(
  fc.tuple(fc.constantFrom("", "", "!"), fc.array(piece, { maxLength: 7 }))
    .map(([sign, pieces]) => sign + pieces.join("")),
  { minLength: 1, maxLength: 5 },
).map((lines) =>
  parseIgnoreFile(lines.join("\n")).filter((line) => !/^!\/?$/.test(line))
);

const part = fc.array(fc.constantFrom(..."aaabbc.é*😀", "(+$)"), {
  minLength: 1,
  maxLength: 4,
}).map((letters) => letters.join("")).filter((name) => !/^\.\.?$/.test(name));

const path = fc.array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join("/"));

test("what is left out is what the reference leaves out", () => {
  fc.assert(
    fc.property(patterns, fc.array(path), (lines, paths) => {
      const rules = new IgnoreRules(lines);
      for (const tried of paths) {
        const expected = isIgnoredByReference(lines, tried);
        assert.equal(rules.isIgnored(tried), expected, tried);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("what is kept is found by those who skip what mayKeepBelow permits", () => {
  fc.assert(
    fc.property(patterns, fc.array(path), (lines, paths) => {
      const rules = new IgnoreRules(lines);
      for (const kept of paths.filter((tried) => !rules.isIgnored(tried))) {
        for (let at = 0; (at = kept.indexOf("/", at + 1)) > 0;) {
          assert.ok(rules.mayKeepBelow(kept.slice(0, at)), kept);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

for (
  const [lines, directory, expected] of [
    [["a"], "a", false],
    [["a"], "b", true],
    [["a", "!a/b/c"], "a", true],
    [["a", "!a/b/c"], "a/b", true],
    [["a", "!a/b/c"], "a/c", false],
    [["a", "!a/b/c"], "./a/b/", true],
    [["a", "!ab"], "a", false],
    [["!a/b", "a"], "a", false],
    [["a", "!a/b", "a"], "a", false],
    [["*", "!a/**"], "a", true],
    [["*", "!a/**"], "b", false],
    [["*", "!a/b/**"], "a", true],
    [["*", "!a/b/**"], "a/c", false],
    [["*", "!*/b"], "x", true],
    [["*", "!*/b"], "x/y", false],
    [["*", "!a*/b"], "x", false],
    [["*", "!**/b"], "x/y/z", true],
    [["*", "!a/**/b"], "a/x/y", true],
    [["*", "!a/**/b"], "b", false],
    [["*"], "", true],
    [["**"], ".", true],
  ] as const
) {
  const what = expected ? "may" : "does not";
  const name = `${JSON.stringify(lines)} ${what} keep something below ` +
    JSON.stringify(directory);
  test(name, () => {
    assert.equal(new IgnoreRules(lines).mayKeepBelow(directory), expected);
  });
}

test("patterns that did not come from a file are cleaned too", () => {
  const rules = new IgnoreRules(["", "  /a/ ", "!/a/b"]);
  assert.ok(rules.isIgnored("a"));
  assert.ok(!rules.isIgnored("a/b"));
});

test("no rules leave nothing out", () => {
  const rules = new IgnoreRules([]);
  assert.ok(!rules.isIgnored("a"));
  assert.ok(rules.mayKeepBelow("a"));
});
