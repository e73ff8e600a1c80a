import assert from "node:assert/strict";
import { test } from "node:test";
import {
  commandLineParser,
  parseEntrypoint,
} from "../../../src/cli/parse/parse_command_line.ts";

test("a command is words, or a JSON array", () => {
  const cases: [text: string, words: string[]][] = [
    ["/app", ["/app"]],
    ["/app -c 'a b'", ["/app", "-c", "a b"]],
    ['["/app", "-c", "a b"]', ["/app", "-c", "a b"]],
    [' [ "/app" ] ', ["/app"]],
    ['["/app", ""]', ["/app", ""]],
    ["/app ''", ["/app", ""]],
  ];
  for (const [text, words] of cases) {
    assert.deepEqual(parseEntrypoint(text), words, text);
    assert.deepEqual(commandLineParser("cmd")(text), words, text);
  }
});

test("--cmd may begin with an empty word, --entrypoint may not", () => {
  for (const text of ["''", '[""]', "'' /app"]) {
    assert.equal(commandLineParser("cmd")(text)[0], "");
    assert.throws(() => parseEntrypoint(text), {
      code: "USAGE",
      message: /^Cannot use --entrypoint .*: it names no program$/,
    });
  }
});

test("what begins with [ and is no JSON array of texts is refused", () => {
  for (
    const text of [
      "[",
      "[ -f x ]",
      "['/app']",
      '["/app",]',
      '["/app", 1]',
      "[[]]",
    ]
  ) {
    assert.throws(() => parseEntrypoint(text), {
      code: "USAGE",
      message: /must be a JSON array of texts/,
    }, text);
  }
});

test("an empty command, an open quote and a NUL are refused", () => {
  const parse = commandLineParser("cmd");
  assert.throws(() => parse(""), /Cannot use --cmd "": it is empty/);
  assert.throws(() => parse("[]"), /it is empty/);
  assert.throws(() => parseEntrypoint(""), /it is empty/);
  assert.throws(() => parse("'a"), /the quote ' is not closed; quote it/);
  assert.throws(() => parse('["a\\u0000"]'), /it holds a NUL character/);
});

test("no command is one, where it can take that of a base away", () => {
  assert.deepEqual(parseEntrypoint("[]"), []);
  assert.deepEqual(commandLineParser("cmd", true)(" [ ] "), []);
});
