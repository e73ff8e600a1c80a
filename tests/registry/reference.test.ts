import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { isTag, parseReference } from "../../src/registry/reference.ts";
import { ReferenceSyntaxError } from "../../src/registry/reference_syntax_error.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";

const hex = "0123456789abcdef".repeat(4);

test("a reference has its parts, and no tag is invented", () => {
  const reference = parseReference(`ghcr.io/me/app:1.0@sha256:${hex}`);
  assert.equal(reference.registry, "ghcr.io");
  assert.equal(reference.repository, "me/app");
  assert.equal(reference.tag, "1.0");
  assert.equal(reference.digest, `sha256:${hex}`);
  assert.equal(String(reference), `ghcr.io/me/app:1.0@sha256:${hex}`);
  const plain = parseReference("ghcr.io/me/app");
  assert.ok(!("tag" in plain) && !("digest" in plain));
});

test("Docker Hub is where a name does not say otherwise", () => {
  const cases = {
    "ubuntu": "docker.io/library/ubuntu",
    "ubuntu:22.04": "docker.io/library/ubuntu:22.04",
    "me/app": "docker.io/me/app",
    "docker.io/ubuntu": "docker.io/library/ubuntu",
    "index.docker.io/ubuntu": "docker.io/library/ubuntu",
    "index.docker.io/me/app": "docker.io/me/app",
    "localhost": "docker.io/library/localhost",
    "localhost:5000": "docker.io/library/localhost:5000",
    "localhost/app": "localhost/app",
    "localhost:5000/app": "localhost:5000/app",
    "host:5000/app:1": "host:5000/app:1",
    "HOST/app": "HOST/app",
    "[::1]:5000/a/b": "[::1]:5000/a/b",
    "a.b/c": "a.b/c",
  };
  for (const [text, full] of Object.entries(cases)) {
    assert.equal(String(parseReference(text)), full);
  }
});

test("what is wrong is said, and what a reference looks like (req-001, req-003)", () => {
  const cases: Record<string, RegExp> = {
    "": /it is empty/,
    "Foo": /no upper-case letters, write "foo"/,
    "registry.test/Foo/bar:V1": /no upper-case letters, write "foo\/bar"/,
    "docker://registry.test/a": /not a URL/,
    "https://registry.test/a": /not a URL/,
    [hex]: /image ID/,
    "-a.test/b": /"-a\.test" is not a host/,
    "a.test:http/b": /"a\.test:http" is not a host/,
    "[fe80::1%eth0]/b": /is not a host/,
    "a.test/": /names no repository/,
    ":tag": /names no repository/,
    "a..b": /"a\.\.b" is not part of a repository name/,
    "a//b": /"" is not part of a repository name/,
    "a/b c": /"b c" is not part of a repository name/,
    "a:": /"" is not a tag/,
    "a:b c": /"b c" is not a tag/,
    [`a:${"x".repeat(129)}`]: /is not a tag/,
    "a@": /"" is not a digest/,
    "a@sha256:abc": /"sha256:abc" is not a digest/,
    [`a@sha256:${hex.toUpperCase()}`]: /is not a digest/,
    [`a@md5:${hex}`]: /is not a digest/,
    [`a.test/${"b".repeat(256)}`]: /longer than 255 characters/,
    ["a".repeat(2000)]: /longer than 1024 characters/,
    "a\nb": /is not part of a repository name/,
  };
  for (const [text, why] of Object.entries(cases)) {
    assert.throws(() => parseReference(text), (error: ReferenceSyntaxError) => {
      assert.ok(error instanceof ReferenceSyntaxError);
      assert.ok(error instanceof ScratchbuildError);
      assert.equal(error.name, "ReferenceSyntaxError");
      assert.equal(error.code, "REFERENCE_SYNTAX");
      assert.equal(error.text, text);
      assert.match(error.message, /^Cannot read the reference "/);
      assert.match(error.message, why);
      assert.match(
        error.message,
        /looks like registry\.example\.com\/team\/app:1\.0$/,
      );
      assert.ok(error.message.length < 600);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
});

test("names up to the limits are taken, and none beyond (req-002, req-003)", () => {
  const path = `${"a".repeat(127)}/${"b".repeat(127)}`;
  const text = `a.test/${path}:${"t".repeat(128)}@sha512:${hex}${hex}`;
  assert.equal(String(parseReference(text)), text);
  assert.ok(isTag("t".repeat(128)) && !isTag("t".repeat(129)));
  assert.throws(
    () => parseReference(`a.test/${path}b`),
    /longer than 255 characters/,
  );
});

/** Names by the grammar, put together from its parts. */
const alphanumeric = fc.stringMatching(/^[a-z0-9]{1,5}$/);
const separator = fc.constantFrom(".", "_", "__", "-", "--", "-----");
const component = fc.tuple(
  alphanumeric,
  fc.array(fc.tuple(separator, alphanumeric), { maxLength: 3 }),
).map(([first, rest]) => first + rest.map((pair) => pair.join("")).join(""));
const host = fc.oneof(
  fc.constantFrom("localhost", "LOCALHOST", "[::1]", "[2001:db8::1]:5000"),
  fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,5}[a-zA-Z0-9])?\.[a-z]{1,3}$/),
  fc.stringMatching(/^[a-z]{1,5}:[0-9]{1,5}$/),
);
const reference = fc.record({
  host,
  path: fc.array(component, { minLength: 1, maxLength: 4 }),
  tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/)),
  digest: fc.option(fc.stringMatching(/^[a-f0-9]{64}$/)),
});

test("what the grammar generates is read as it was meant", () => {
  fc.assert(fc.property(reference, ({ host, path, tag, digest }) => {
    const text = `${host}/${path.join("/")}` + (tag === null ? "" : `:${tag}`) +
      (digest === null ? "" : `@sha256:${digest}`);
    const read = parseReference(text);
    assert.equal(read.registry, host);
    assert.equal(read.repository, path.join("/"));
    assert.equal(read.tag, tag ?? undefined);
    assert.equal(read.digest, digest === null ? undefined : `sha256:${digest}`);
    assert.equal(String(read), text);
  }));
});

test("any text is read or refused, and what is read stays what it is", () => {
  const characters = fc.constantFrom(..."aZ09._-:/@[]% \n\u0000é".split(""));
  const texts = fc.oneof(
    fc.string({ unit: characters, maxLength: 40 }),
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let read;
      try {
        read = parseReference(text);
      } catch (error) {
        assert.ok(error instanceof ReferenceSyntaxError);
        return;
      }
      assert.deepEqual(parseReference(String(read)), read);
      assert.match(`${read.registry}/${read.repository}`, /^[!-~]+$/);
    }),
    { numRuns: 500 },
  );
});

test("a text of 100 kB is refused at once (ReDoS)", () => {
  const size = 100_000;
  for (const text of ["a", "a-", "a/", ":", "@", "[", "A.", "a__"]) {
    assert.throws(
      () => parseReference(text.repeat(size / text.length)),
      ReferenceSyntaxError,
    );
  }
});

test("a password in a reference is not shown", () => {
  for (
    const text of [
      "https://me:SECRET@localhost:5000/a",
      "me:SECRET@localhost:5000/a",
      "registry.test/me:SECRET@x/a",
    ]
  ) {
    assert.throws(() => parseReference(text), (error) => {
      assert.ok(error instanceof ReferenceSyntaxError);
      assert.ok(!error.message.includes("SECRET"), error.message);
      assert.ok(!error.text.includes("SECRET"), error.text);
      return true;
    });
  }
});
