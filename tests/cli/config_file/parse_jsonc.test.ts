import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseJsonc } from "../../../src/cli/config_file/parse_jsonc.ts";

const refuse = (why: string) => new Error(why);
const read = (text: string) =>
  parseJsonc(new TextEncoder().encode(text), refuse);

test("comments and last commas are passed over", async () => {
  assert.deepEqual(
    await read(`// first
{ /* a */ "a": [1, 2, /* b */ ], // c
  "b//": "/* no comment */", "c": ",]", "d": "\\",}", "e": {"x": 1, },
}
`),
    {
      a: [1, 2],
      "b//": "/* no comment */",
      c: ",]",
      d: '",}',
      e: { x: 1 },
    },
  );
});

test("names that objects are born with are members like others", async () => {
  const value = await read('{"__proto__": {"a": 1}}');
  assert.deepEqual(Object.keys(value as object), ["__proto__"]);
});

const wrong: [text: string, why: RegExp][] = [
  ["", /not JSON/],
  ["{", /not JSON: CloseBraceExpected in line 1/],
  ['{\n"a": 1\n"b": 2}', /not JSON: CommaExpected in line 3/],
  ['{\n// x\n\n"a" 1}', /not JSON: ColonExpected in line 4/],
  ["[,]", /not JSON/],
  ["{,}", /not JSON/],
  ["[1,,]", /not JSON/],
  ['{"a":,}', /not JSON/],
  [",", /not JSON/],
  ["{'a': 1}", /not JSON/],
  ["{a: 1}", /not JSON/],
  ['{"a": 1, "a": 2}', /"a" twice/],
  ['{"a": "\\ud800"}', /lone surrogate/],
  ["\ufeff{}", /byte order mark/],
  ["[".repeat(200), /levels deep/],
  ["[".repeat(300_000), /levels deep/],
  [`["\\q${"[".repeat(300_000)}`, /not JSON/],
  ['{"a": 1} {"b": 2}', /not JSON/],
];

for (const [text, why] of wrong) {
  test(`refused: ${JSON.stringify(text.slice(0, 40))}`, async () => {
    await assert.rejects(read(text), { message: why });
  });
}

test("bytes that are not UTF-8 are refused", async () => {
  await assert.rejects(parseJsonc(new Uint8Array([0x22, 0xff, 0x22]), refuse), {
    message: /not UTF-8/,
  });
});

test("a replacement character that was written is text", async () => {
  assert.equal(await read('"\ufffd"'), "\ufffd");
});

test("JSON is what it is without comments", async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 5 }), async (text) => {
      // What is lone in a generated text is refused, see above.
      if (!text.isWellFormed() || /\\ud[89a-f]/i.test(text)) return;
      assert.deepEqual(await read(text), JSON.parse(text));
    }),
  );
});

test("any text is read or refused", async () => {
  const piece = fc.constantFrom(...'[]{},:"\\/* \n1a', "//", "/*", "*/");
  await fc.assert(
    fc.asyncProperty(fc.array(piece), async (pieces) => {
      const text = pieces.join("");
      const value = await read(text).catch((error) => {
        assert.equal(error.constructor, Error);
      });
      // Whatever is JSON is the same with and without the reader.
      let strict: unknown;
      try {
        strict = JSON.parse(text);
      } catch {
        return;
      }
      if (value !== undefined) assert.deepEqual(value, strict);
    }),
  );
});

test("a text of a megabyte takes no time", async () => {
  const escapes = '"' + "\\n".repeat(400_000) + '"';
  const commas = `[${"1, \n".repeat(200_000)}]`;
  const started = performance.now();
  assert.equal((await read(escapes) as string).length, 400_000);
  assert.equal((await read(commas) as unknown[]).length, 200_000);
  assert.ok(performance.now() - started < 5_000);
});
