import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeUtf8, escapeBytes } from "../../src/bytes/escape_bytes.ts";

for (
  const [bytes, escaped] of [
    ["caf\xe9.txt", "caf\\xe9.txt"],
    ["caf\xc3\xa9", "caf\u00e9"],
    ["\xc3", "\\xc3"],
    ["\xf0\x9f\x90\xb3", "\u{1f433}"],
    ["\xf0\x9f\x90", "\\xf0\\x9f\\x90"],
    ["\xed\xa0\x80", "\\xed\\xa0\\x80"],
    ["\xff\x00", "\\xff\x00"],
    ["\xef\xbb\xbfa", "\ufeffa"],
    ["", ""],
  ] as const
) {
  const name = Array.from(latin1(bytes), (byte) => byte.toString(16)).join(" ");
  test(`the bytes "${name}" for people`, () => {
    assert.equal(escapeBytes(latin1(bytes)), escaped);
  });
}

test("any text is itself, any bytes come to an end", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const bytes = new TextEncoder().encode(text);
    assert.equal(escapeBytes(bytes), text);
    assert.equal(decodeUtf8(bytes), text);
  }));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const isText = decodeUtf8(bytes) !== undefined;
    assert.equal(isText, !/\\x[89a-f]/.test(escapeBytes(bytes)));
  }));
});

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
