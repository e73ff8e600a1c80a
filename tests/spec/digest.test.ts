import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isDigest, parseDigest } from "../../src/spec/digest.ts";
import { readCorpus, skipWithoutCorpora } from "../support/corpora.ts";

const HEX = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

interface DigestTables {
  goDigest: { Input: string; Err?: { $go: string } }[];
}

test("req-005 the digest table of go-digest", {
  skip: skipWithoutCorpora,
}, () => {
  const { goDigest } = readCorpus<DigestTables>("digest/parse.json");
  assert.ok(goDigest.length > 10);
  for (const { Input, Err } of goDigest) {
    // Algorithms that cannot be verified still are digests: req-006.
    const expected = Err === undefined || /Unsupported/.test(Err.$go);
    assert.equal(isDigest(Input), expected, Input);
  }
});

for (
  const bad of [
    "",
    "sha256:",
    `SHA256:${HEX}`,
    `sha256:${HEX.toUpperCase()}`,
    `sha256:${HEX.slice(1)}`,
    `sha256:../../${HEX.slice(6)}`,
    `sha256:${HEX}\n`,
    `sha256:%2e%2e${HEX.slice(6)}`,
    `sha512:${HEX}`,
    `${HEX}`,
    "a".repeat(100_000) + ":b",
  ]
) {
  test(`not a digest: ${JSON.stringify(bad.slice(0, 80))}`, () => {
    assert.equal(isDigest(bad), false);
    assert.throws(() => parseDigest(bad), { code: "DIGEST_SYNTAX" });
  });
}

test("req-006 an unknown algorithm that fits the grammar passes", () => {
  assert.equal(parseDigest("blake3+b64:abc_DEF="), "blake3+b64:abc_DEF=");
});

test("no text that passes as a digest can leave a directory", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const digest = `sha999:${text}`;
    assert.ok(!isDigest(digest) || !/[/\\]|\.\.|\s/.test(digest));
  }));
});
