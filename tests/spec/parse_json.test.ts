import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "../../src/spec/canonical_json.ts";
import { parseJson } from "../../src/spec/parse_json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const refuse = (why: string) => new RangeError(why);
const parse = (text: string) =>
  parseJson(bytes(text), { refuse, digits: ["size"] });

function refuses(text: string, why: RegExp): void {
  assert.throws(() => parse(text), (error: Error) => {
    assert.ok(error instanceof RangeError, String(error));
    assert.match(error.message, why);
    assert.ok(error.message.length < 200);
    return true;
  });
}

test("what JSON.stringify writes is read", () => {
  fc.assert(fc.property(fc.json({ noUnicodeString: false }), (text) => {
    fc.pre(text.isWellFormed() && !/\\ud[89a-f]/i.test(text));
    assert.deepEqual(parse(text), JSON.parse(text));
  }));
});

test("a text is read as JSON.parse reads it, or refused by the error given", () => {
  const piece = fc.constantFrom(
    ..."{}[],: \n\\",
    '"a"',
    '"size"',
    '"\\"',
    "1",
    "-1e3",
    "true",
    "null",
    "x",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      let value: unknown;
      try {
        value = parse(text);
      } catch (error) {
        assert.ok(error instanceof RangeError);
        return;
      }
      assert.deepEqual(value, JSON.parse(text));
    }),
    { numRuns: 1000 },
  );
});

test("names that occur twice in one object (JSON)", () => {
  refuses('{"a":1,"b":{},"a":2}', /it has "a" twice/);
  refuses('{"a":1,"\\u0061":2}', /it has "a" twice/);
  refuses('[[{"x":{"a":"a","a":"a"}}]]', /it has "a" twice/);
  refuses('{"__proto__":1,"__proto__":2}', /twice/);
  assert.deepEqual(
    parse('{"a":"a","b":{"a":["a","a"]},"c":[{"a":1},{"a":1}]}'),
    {
      a: "a",
      b: { a: ["a", "a"] },
      c: [{ a: 1 }, { a: 1 }],
    },
  );
});

test("a byte order mark, bytes that are not UTF-8, lone surrogates (JSON)", () => {
  refuses("\ufeff{}", /byte order mark/);
  refuses('{"a":"\\ud800"}', /lone surrogate/);
  refuses('{"\\udc00x":1}', /lone surrogate/);
  assert.deepEqual(parse('"\\ud83d\\ude00"'), "😀");
  for (const bad of [[0x22, 0xff, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]]) {
    assert.throws(
      () => parseJson(Uint8Array.from(bad), { refuse }),
      /it is not UTF-8/,
    );
  }
});

test("a depth of 100,000 (JSON)", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const nest = (depth: number) =>
      `${open.repeat(depth)}1${close.repeat(depth)}`;
    refuses(nest(100_000), /more than 100 levels/);
    refuses(open.repeat(100_000), /more than 100 levels/);
    refuses(nest(101), /more than 100 levels/);
    assert.ok(parse(nest(100)));
  }
});

test("texts of 4 MiB take no stack and little time (ReDoS)", () => {
  const long = 4 * 1024 * 1024;
  assert.equal(parse(`"${"\\n".repeat(long / 2)}"`), "\n".repeat(long / 2));
  assert.equal((parse(`"${"a".repeat(long)}"`) as string).length, long);
  refuses("1".repeat(long) + "x", /not JSON/);
  refuses(`"${"\\\\".repeat(long / 2)}`, /not JSON/);
  refuses(" ".repeat(long), /not JSON/);
});

test("sizes that are no exact whole numbers (numbers)", () => {
  for (
    const size of [
      "9007199254740993",
      "9007199254740992",
      "-1",
      "-0",
      "1e3",
      "1E3",
      "1.0",
      "1e400",
      "007",
    ]
  ) {
    refuses(`{"size":${size}}`, /its size .* is not written as a whole number/);
    refuses(`[{"a":[],"size": ${size} }]`, /its size/);
  }
  assert.deepEqual(parse('{"size":9007199254740991}'), {
    size: Number.MAX_SAFE_INTEGER,
  });
  // Other numbers are nobody's business here.
  assert.deepEqual(parse('{"other":1e3,"size":null,"x":{"y":[-0.5]}}'), {
    other: 1000,
    size: null,
    x: { y: [-0.5] },
  });
});

test("names that objects are born with (prototype pollution)", () => {
  const text =
    '{"__proto__":{"polluted":"yes"},"constructor":"x","toString":"y"}';
  const value = parse(text) as Record<string, unknown>;
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(value.polluted, undefined);
  assert.equal(new TextDecoder().decode(canonicalJson(value)), text);
});

test("what is no JSON is refused by one short line", () => {
  for (
    const text of ["", "{", "}", "[1,]", "{'a':1}", '{"a" 1}', "nul", "<html>"]
  ) refuses(text, /^it is not JSON$/);
});
