import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Secrets } from "../../../src/registry/http/secrets.ts";

test("nothing to hide leaves a text as it is", () => {
  const secrets = new Secrets();
  secrets.add("");
  assert.equal(secrets.redact("a text"), "a text");
});

test("the longer secret goes whole, and no secret is looked for in its place", () => {
  const secrets = new Secrets();
  secrets.add("abcd");
  secrets.add("abcdef");
  secrets.add("cret");
  assert.equal(secrets.redact("xabcdefx-abcd-"), "x[secret]x-[secret]-");
});

test("a secret of three characters leaves texts as they are, one of four goes", () => {
  const secrets = new Secrets();
  for (const short of ["b", "abc", "a==="]) secrets.add(short);
  assert.equal(secrets.redact("no JSON object: abc"), "no JSON object: abc");
  assert.equal(secrets.redact("<a===>"), "<[secret]>");
  secrets.add('a"b=');
  assert.equal(secrets.redact('<a"b=> <a\\"b=>'), "<[secret]> <[secret]>");
});

test("a secret in a URL, in a form, in JSON and without its padding (rule 11: redaction)", () => {
  const secrets = new Secrets();
  const secret = 'p&s "w"/+ö==';
  secrets.add(secret);
  for (
    const form of [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ secret }).toString().slice("secret=".length),
      JSON.stringify({ secret }),
      secret.replaceAll("=", ""),
    ]
  ) {
    assert.match(secrets.redact(`<${form}>`), /\[secret\]/);
    assert.doesNotMatch(secrets.redact(`<${form}>`), /p&s|p%26s|ö/);
  }
});

test("whatever a secret holds, it is found (rule 11: redaction)", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 20 });
  const long = fc.string({ unit: "grapheme", minLength: 4, maxLength: 20 });
  fc.assert(fc.property(text, long, text, (before, secret, after) => {
    fc.pre(!"[secret]".includes(secret));
    const secrets = new Secrets();
    secrets.add(secret);
    assert.ok(!secrets.redact(before + secret + after).includes(secret));
  }));
});
