import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { printable } from "../../src/spec/printable.ts";

test("what a terminal or a line cannot take is escaped", () => {
  assert.equal(
    printable("a\nb\x1b[2J\u202e\ud800"),
    "a\\u000ab\\u001b[2J\\u202e\\ud800",
  );
});

test("everything else stays as it is", () => {
  assert.equal(printable("grüße ☃ 😀 \\ '\""), "grüße ☃ 😀 \\ '\"");
});

test("the result is one line, whatever goes in", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.ok(!/\p{Cc}|\p{Zl}|\p{Zp}|\p{Cs}/u.test(printable(text)));
  }));
});
