import assert from "node:assert/strict";
import { test } from "node:test";
import { ignoreMatcher } from "../../../src/tree/ignore/ignore_matcher.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

interface Row {
  readonly patterns: string[];
  readonly text: string;
  readonly match: boolean;
  readonly error?: string | null;
}

test("every row of moby's table of patterns", {
  skip: skipWithoutCorpora,
}, () => {
  const { cases } = readCorpus<{ cases: Row[] }>("patternmatcher/cases.json");
  assert.ok(cases.length > 100);
  for (const { patterns, text, match, error } of cases) {
    const name = `${JSON.stringify(patterns)} on ${text}`;
    if (typeof error === "string") {
      assert.throws(() => ignoreMatcher(patterns), { code: "USAGE" }, name);
    } else {
      assert.equal(ignoreMatcher(patterns)(text), match, name);
    }
  }
});

const CASES: readonly [string[], string, boolean][] = [
  // Lines of a file, as they are.
  [["# comment", "", "  ", "a"], "a", true],
  [["#a"], "#a", false],
  [[" #a"], "#a", true],
  [["\\#a"], "#a", true],
  [["\ufeffa"], "a", true],
  [["a\r"], "a", true],
  [["  a  "], "a", true],
  [["/a"], "a", true],
  [["/a"], "b/a", false],
  [["a"], "b/a", false],
  [["./a//b/../c/"], "a/c", true],
  [["../a"], "a", false],
  [["."], "a", false],
  [["/"], "a", false],
  [["*", "! /a"], "a", false],
  [["*", "!./a/"], "a/b", false],
  [["\\!a"], "!a", true],
  // Paths, as people write them.
  [["a"], "./a", true],
  [["a"], "/a", true],
  [["a"], "a/", true],
  [["a/b"], "a//b", true],
  [["**"], ".", false],
  [["**"], "", false],
  [["**"], "./", false],
  [["abc/**"], "abc/", false],
  // Case, Unicode, and what is special to regular expressions only.
  [["A"], "a", false],
  [["?"], "😀", true],
  [["??"], "😀", false],
  [["[😀-😂]"], "😁", true],
  [["[^a]"], "😀", true],
  [["é"], "e\u0301", false],
  [["a|b*"], "a", false],
  [["a|b*"], "a|bc", true],
  [["*{a,b}"], "x{a,b}", true],
  [["^*"], "^a", true],
  [["[!a]"], "!", true],
  [["[!a]"], "b", false],
  [["a]*"], "a]b", true],
  // Go's `.` ends at the line, its `[^/]` does not.
  [["**/*.txt"], "a\nb/c.txt", false],
  [["**/*.key"], "a\n.key", true],
  // What two stars take in.
  [["**/**"], "a/b", true],
  [["**file"], "my-file", true],
  [["**/file"], "my-file", false],
  [["dir**"], "dir-x/y", true],
  [["a/**/b"], "a/b", true],
  [["a/**/b"], "a/x/y/b/c", true],
  [["a/**/b"], "ab", false],
  [["a**b"], "ab", true],
  [["a**b"], "axb", false],
  [["a**b"], "ax/b", true],
  [["*b**c"], "xbybc", true],
  [["***a"], "x/ya", true],
  [["**foo/**"], "foo/a", true],
  [["**foo/**"], "xfoo/a", false],
  // A later line wins, also for what lies below.
  [["a", "!a/b", "a/b/c"], "a/b/c", true],
  [["a", "!a/b", "a/b/c"], "a/b/d", false],
  [["a/b", "!a"], "a/b", false],
  [["!a", "a"], "a", true],
];

for (const [patterns, path, expected] of CASES) {
  const what = expected ? "leaves out" : "keeps";
  const name = `${JSON.stringify(patterns)} ${what} ${JSON.stringify(path)}`;
  test(name, () => assert.equal(ignoreMatcher(patterns)(path), expected));
}

/** A pattern and what is wrong with it. */
const BAD: readonly [string, RegExp][] = [
  ["!", /pattern 2, "!": nothing follows the "!"/],
  ["!/", /nothing follows the "!"/],
  [" ! ", /pattern 2, "!": nothing follows the "!"/],
  ["a/[b", /"a\/\[b": a bracket is not closed/],
  ["[", /is not closed/],
  ["[^", /is not closed/],
  ["[a-", /is not closed/],
  ["[\\", /is not closed/],
  ["[]", /stands where brackets need a character/],
  ["[]a]", /stands where brackets need a character/],
  ["[-a]", /stands where brackets need a character/],
  ["[a-]", /stands where brackets need a character/],
  ["[z-a]", /goes backwards/],
  ["a\\", /ends with a backslash/],
  ["\\d", /a backslash before "d" means nothing/],
  ["[[:alpha:]]", /names of sets/],
  ["a\u001b[", /"a\\u001b\["/],
];

for (const [pattern, message] of BAD) {
  test(`refused as a pattern: ${JSON.stringify(pattern)}`, () => {
    assert.throws(() => ignoreMatcher(["ok", pattern]), {
      name: "ScratchbuildError",
      code: "USAGE",
      message,
    });
  });
}

const LONG = 100_000;

/** A pattern and a path that take some matchers for ever. */
const HARD: readonly [string, string, string, boolean][] = [
  ["many stars", "**/*a*a*a*a*a*b", "a".repeat(LONG), false],
  ["many stars that match", "**/*a*a*a*a*a*b", `${"a".repeat(LONG)}b`, true],
  ["stars in a part", `${"*a".repeat(LONG / 2)}?b`, "ab".repeat(LONG), false],
  ["many directories", "**/*a*a*a*a*a*b", "a/".repeat(LONG / 2), false],
  ["many `**`", `${"**/".repeat(LONG / 3)}*b`, "a/".repeat(LONG / 2), false],
  [
    "`**` by turns",
    `${"a/**/".repeat(5_000)}*b`,
    `${"a/".repeat(LONG / 2)}ab`,
    true,
  ],
  ["a long name", `${"a".repeat(LONG)}*`, "a".repeat(LONG), true],
  ["many `?`", `*${"?".repeat(LONG / 2)}b`, "a".repeat(LONG), false],
  ["many `/`", `${"/".repeat(LONG)}a`, `${"/".repeat(LONG)}a`, true],
];

for (const [name, pattern, path, expected] of HARD) {
  test(`in linear time: ${name}`, () => {
    const start = performance.now();
    assert.equal(ignoreMatcher([pattern])(path), expected);
    // Generous for slow machines: it is some 20 ms, and hours the wrong way.
    assert.ok(performance.now() - start < 3_000);
  });
}
