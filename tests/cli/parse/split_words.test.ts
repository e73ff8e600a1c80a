import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { splitWords } from "../../../src/cli/parse/split_words.ts";

test("splitWords splits as a shell does", () => {
  const cases: [text: string, words: string[]][] = [
    ["", []],
    ["  \t\n ", []],
    ["/app", ["/app"]],
    ["  /app   -v\t--port 80\n", ["/app", "-v", "--port", "80"]],
    ["a'b c'd", ["ab cd"]],
    ["'' x \"\"", ["", "x", ""]],
    ["'a\\b'", ["a\\b"]],
    ['"a\\b"', ["a\\b"]],
    ['"a\\"b\\\\c\\$d\\`e"', ['a"b\\c$d`e']],
    ["a\\ b\\'c", ["a b'c"]],
    ["a\\\nb", ["ab"]],
    ['"a\\\nb"', ["ab"]],
    ["'a\nb'", ["a\nb"]],
    ["'it'\\''s'", ["it's"]],
    ['"it\'s"', ["it's"]],
    ["$HOME ~ *.txt `id` $(id) a=b # c", [
      "$HOME",
      "~",
      "*.txt",
      "`id`",
      "$(id)",
      "a=b",
      "#",
      "c",
    ]],
    ["ünï ☃ 😀", ["ünï", "☃", "😀"]],
  ];
  for (const [text, words] of cases) {
    assert.deepEqual(splitWords(text), words, JSON.stringify(text));
  }
});

test("splitWords refuses what a shell would ask more input for", () => {
  const cases: [text: string, message: RegExp][] = [
    ["'a", /quote ' is not closed/],
    ['a "b', /quote " is not closed/],
    ["\"it's", /quote " is not closed/],
    ["a\\", /ends in a backslash/],
    ['"a\\', /ends in a backslash/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => splitWords(text), message, JSON.stringify(text));
  }
});

test("splitWords gives back words that were quoted in any way", () => {
  const quotings: ((word: string) => string)[] = [
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
    (word) => `"${word.replace(/["\\$`]/g, "\\$&")}"`,
    (word) =>
      word === "" || word.includes("\n")
        ? `'${word.replaceAll("'", "'\\''")}'`
        : Array.from(word, (char) => `\\${char}`).join(""),
  ];
  const word = fc.string({
    unit: fc.constantFrom("a", " ", "'", '"', "\\", "$", "\n", "=", "ü"),
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, fc.constantFrom(...quotings))),
      (quoted) => {
        const text = quoted.map(([word, quote]) => quote(word)).join(" ");
        assert.deepEqual(splitWords(text), quoted.map(([word]) => word));
      },
    ),
  );
});
