import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonText } from "../../src/cli/json_text.ts";

test("a JSON document does nothing to a terminal, and reads the same", () => {
  const text = "\x1b[31m \x9b31m \x7f \u202e \u2028 \r\n \u00e9 \u{1f600}";
  const document = { version: 1, names: [text, { [text]: text }] };
  const printed = jsonText(document);
  assert.deepEqual(JSON.parse(printed), document);
  // deno-lint-ignore no-control-regex -- none of them is to be there
  assert.doesNotMatch(printed, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/);
  assert.match(printed, /\u00e9 \u{1f600}/u);
});

test("a document without such characters is printed as ever", () => {
  const document = { version: 1, images: [{ name: "a", tags: [] }], none: {} };
  const expected = `${JSON.stringify(document, undefined, 2)}\n`;
  assert.equal(jsonText(document), expected);
});
