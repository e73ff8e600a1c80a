import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "../../src/spec/canonical_json.ts";

const text = (value: unknown) => new TextDecoder().decode(canonicalJson(value));

test("canonical JSON sorts members and has no spaces", () => {
  assert.equal(
    text({ b: [1, { d: null, c: true }], a: "x", Á: 1, A: 2 }),
    '{"A":2,"a":"x","b":[1,{"c":true,"d":null}],"Á":1}',
  );
});

test("canonical JSON keeps <, >, & and line separators as they are", () => {
  assert.equal(text("<&>\u2028\u00e9\n"), '"<&>\u2028\u00e9\\n"');
});

test("canonical JSON leaves out undefined members only", () => {
  assert.equal(text({ a: undefined, b: null }), '{"b":null}');
});

test("canonical JSON keeps names that objects are born with", () => {
  const value = JSON.parse('{"__proto__":1,"constructor":"x","toString":{}}');
  assert.equal(text(value), '{"__proto__":1,"constructor":"x","toString":{}}');
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;

for (
  const [name, value] of Object.entries({
    "a number that is not finite": { a: Infinity },
    "not a number": NaN,
    "a lone surrogate": "\ud800",
    "a lone surrogate in a name": { "\ud800": 1 },
    "undefined in a list": [undefined],
    "a bigint": { a: 1n },
    "a function": { a: () => 1 },
    "a cycle": cycle,
    "a hole in a list": Array(2),
    "a date": new Date(0),
    "a map": new Map([["a", 1]]),
  })
) {
  test(`canonical JSON refuses ${name}`, () => {
    assert.throws(() => canonicalJson(value), { code: "JSON" });
  });
}

test("canonical JSON is JSON and does not depend on the order of members", () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
    const plain = JSON.parse(JSON.stringify(value));
    fc.pre(JSON.stringify(plain).isWellFormed());
    try {
      canonicalJson(plain);
    } catch {
      return; // a lone surrogate, which another test covers
    }
    assert.deepEqual(JSON.parse(text(plain)), plain);
    assert.equal(text(reversed(plain)), text(plain));
  }));
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([k, v]) => [k, reversed(v)]));
}
