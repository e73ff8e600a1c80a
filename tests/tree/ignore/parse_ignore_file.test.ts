import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseIgnoreFile } from "../../../src/tree/ignore/parse_ignore_file.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

interface Row {
  readonly content: string;
  readonly expected: string[];
}

test("moby's ignore file", { skip: skipWithoutCorpora }, () => {
  const { cases } = readCorpus<{ cases: Row[] }>(
    "patternmatcher/ignorefile.json",
  );
  assert.ok(cases.length > 0);
  for (const { content, expected } of cases) {
    assert.deepEqual(parseIgnoreFile(content), expected);
  }
});

for (
  const [text, expected] of [
    ["", []],
    ["\ufeff# a\r\nb\r\n", ["b"]],
    ["\n\n  \t \n", []],
    [" # no comment", ["# no comment"]],
    ["a # b", ["a # b"]],
    ["!  /a//b/", ["!a/b"]],
    ["./!a", ["!a"]],
    ["!!a", ["!!a"]],
    ["/", ["/"]],
    [".", ["."]],
    ["a/..", ["."]],
    ["a/../../b", ["../b"]],
    ["/../b", ["b"]],
    ["a\\ ", ["a\\"]],
  ] as const
) {
  test(`the lines of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseIgnoreFile(text), expected);
  });
}

test("any text is read, line by line", () => {
  const lines = fc.array(fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[ !#./a\r]{0,8}$/),
  ));
  fc.assert(fc.property(lines, (given) => {
    const text = given.map((line) => line.replaceAll("\n", "")).join("\n");
    const patterns = parseIgnoreFile(text);
    assert.ok(patterns.length <= given.length);
    assert.ok(!patterns.includes(""));
    for (const pattern of patterns) {
      assert.match(pattern, /^(?:!?[^/]|!?\/$|!$)/s);
    }
  }));
});
