import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText } from "../../../src/registry/http/plain_text.ts";
import { Transport } from "../../../src/registry/http/transport.ts";
import { fetchUpload } from "../../../src/registry/http/upload.ts";
import { parseWarnings } from "../../../src/registry/http/warning.ts";
import type { RegistryWarning } from "../../../src/registry/http/warning_log.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

/** What header lines look like in the tables, and what a runtime makes of it. */
function decode(value: string | { $latin1hex: string }): string {
  if (typeof value === "string") return value;
  const pairs = value.$latin1hex.match(/../g) ?? [];
  return String.fromCharCode(...pairs.map((pair) => parseInt(pair, 16)));
}

test("several warnings in one header", () => {
  assert.deepEqual(
    parseWarnings(
      '299 - "a, b", 199 - "c", 299 - "d" , foo "x,299 - y", 299 - "e"',
    ),
    ["a, b", "d", "e"],
  );
  assert.deepEqual(parseWarnings(null), []);
  assert.deepEqual(parseWarnings(', ,299 - "a"'), ["a"]);
});

test("a text is made fit for a terminal, and short", () => {
  assert.deepEqual(parseWarnings('299 - "a\u0085b\u202Ec"'), ["a b c"]);
  assert.deepEqual(parseWarnings('299 - "%C3%A9"'), ["é"]);
  assert.deepEqual(parseWarnings('299 - "Ã©"'), ["é"]);
  const [long = ""] = parseWarnings(`299 - "${"x".repeat(5000)}"`);
  assert.equal(long.length, 301);
});

test("containerd and oras: Warning headers (req-015)", {
  skip: skipWithoutCorpora,
}, () => {
  const { containerd, oras } = readCorpus<{
    containerd: {
      name: string;
      header: string | { $latin1hex: string };
      want: string | { $latin1hex: string };
    }[];
    oras: { name: string; header: string; want: { Text?: string } }[];
  }>("http/warnings.json");
  for (const { name, header, want } of containerd) {
    const text = plainText(decode(want), 300);
    const expected = text === "" ? [] : [text];
    assert.deepEqual(parseWarnings(decode(header)), expected, name);
  }
  for (const { name, header, want } of oras) {
    const text = want.Text?.trim() ?? "";
    // Space around a header never arrives.
    const isStricter = /^(?:Leading|Trailing) space/.test(name);
    const expected = isStricter
      ? ["This is a warning."]
      : text === ""
      ? []
      : [text];
    assert.deepEqual(parseWarnings(header), expected, name);
  }
  assert.equal(containerd.length + oras.length, 48);
});

test("a warning is told once, and changes nothing (req-015) (req-016)", async () => {
  const told: RegistryWarning[] = [];
  const answer = (text: string) =>
    new Response("body", { headers: { warning: text } });
  const send = async (
    onWarning: ((warning: RegistryWarning) => void) | undefined,
    ...headers: [url: string, header: string][]
  ) => {
    let at = 0;
    const fetch = () => Promise.resolve(answer(headers[at++]?.[1] ?? ""));
    const transport = new Transport({
      fetch,
      upload: fetchUpload(fetch),
      onWarning,
    });
    for (const [url] of headers) {
      const sent = await transport.send({ method: "GET", url: new URL(url) });
      assert.equal(await transport.readBody(sent), "body");
    }
  };
  const a = "https://a.test/";
  await send(
    (warning) => told.push(warning),
    [a, '299 - "old"'],
    [a, '299 - "old"'],
    ["https://b.test/", '299 - "old"'],
    [a, '299 - "old", 299 - "new"'],
    [a, '199 - "other"'],
  );
  assert.deepEqual(told, [
    { host: "a.test", text: "old" },
    { host: "b.test", text: "old" },
    { host: "a.test", text: "new" },
  ]);
  told.length = 0;
  const many = Array.from({ length: 40 }, (_, i) => `299 - "${i}"`);
  await send((warning) => told.push(warning), [a, many.join(", ")]);
  assert.equal(told.length, 16);
  await send(undefined, [a, '299 - "old"']);
});

test("any header is taken, in linear time (ReDoS)", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const line of parseWarnings(text)) {
      assert.doesNotMatch(line, /\p{Cc}/u);
      assert.ok(line.length <= 301 && line !== "");
    }
  }));
  fc.assert(fc.property(
    fc.string({ unit: "grapheme", minLength: 1 }).filter((text) =>
      /^[^\s%\\"\p{C}]+$/u.test(text)
    ),
    (text) => {
      assert.deepEqual(parseWarnings(`299 - "${text}"`), [
        plainText(text, 300),
      ]);
    },
  ));
  for (
    const text of [
      '299 - "',
      '299 - "a',
      '299 - "\\',
      '299 - "a" ',
      '"',
      ",",
      "\\",
      "%",
      '299 - "%',
      'a"',
      '"\\"',
    ]
  ) {
    const long = text.repeat(Math.ceil(100_000 / text.length));
    const start = performance.now();
    parseWarnings(long);
    parseWarnings(`299 - "${long}"`);
    assert.ok(performance.now() - start < 250, text);
  }
});
