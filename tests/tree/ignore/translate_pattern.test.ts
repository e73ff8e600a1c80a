import assert from "node:assert/strict";
import { test } from "node:test";
import { translatePattern } from "../../../src/tree/ignore/translate_pattern.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

interface Row {
  readonly pattern: string;
  readonly matchType: string;
  readonly compiledRegexp: string;
}

test("patterns become what moby makes of them", {
  skip: skipWithoutCorpora,
}, () => {
  const { cases } = readCorpus<{ cases: Row[] }>("patternmatcher/compile.json");
  assert.ok(cases.length > 20);
  for (const { pattern, matchType, compiledRegexp } of cases) {
    const translation = translatePattern(pattern);
    const isExpression = translation.kind === "expression";
    const kind = isExpression ? "regexp" : translation.kind;
    const source = isExpression ? `^${translation.source}$` : "";
    assert.deepEqual([`${kind}Match`, source], [matchType, compiledRegexp]);
  }
});
