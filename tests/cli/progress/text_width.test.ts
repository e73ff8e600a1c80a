import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fit, textWidth } from "../../../src/cli/progress/text_width.ts";

test("textWidth counts columns", () => {
  const cases: [text: string, width: number][] = [
    ["", 0],
    ["/app", 4],
    ["/äpp", 4],
    ["a\u0308pp", 3],
    ["日本語", 6],
    ["한국", 4],
    ["ﾊﾝ", 2],
    ["😀", 2],
    ["\u200d", 0],
  ];
  for (const [text, width] of cases) assert.equal(textWidth(text), width, text);
});

test("fit fills up and cuts", () => {
  const cases: [text: string, columns: number, fitted: string][] = [
    ["/app", 6, "/app  "],
    ["/app", 4, "/app"],
    ["/application", 8, "/appl..."],
    ["/application", 3, "..."],
    ["/application", 1, "."],
    ["/application", 0, ""],
    ["/日本語", 6, "/日..."],
    ["/日本語", 5, "/... "],
  ];
  for (const [text, columns, fitted] of cases) {
    assert.equal(fit(text, columns), fitted);
  }
});

test("fit takes exactly the columns that it is given", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "/", "ü", "u\u0308", "語", "😀", " "),
  });
  fc.assert(
    fc.property(text, fc.nat(40), (text, columns) => {
      assert.equal(textWidth(fit(text, columns)), columns);
    }),
  );
});
