import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Secrets } from "../../../src/registry/auth/secrets.ts";

test("nothing to hide leaves a text as it is", () => {
  const secrets = new Secrets();
  secrets.add("");
  assert.equal(secrets.redact("a text"), "a text");
});

test("the longer secret goes whole, and no secret is looked for in its place", () => {
  const secrets = new Secrets();
  secrets.add("ab");
  secrets.add("abcd");
  secrets.add("e");
  assert.equal(secrets.redact("xabcdx-ab-"), "x[secret]x-[secret]-");
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
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  fc.assert(fc.property(text, text, text, (before, secret, after) => {
    fc.pre(/[^=]/.test(secret) && !"[secret]".includes(secret));
    const secrets = new Secrets();
    secrets.add(secret);
    assert.ok(!secrets.redact(before + secret + after).includes(secret));
  }));
});
