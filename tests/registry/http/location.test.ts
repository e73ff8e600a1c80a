import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveLocation } from "../../../src/registry/http/location.ts";

function resolve(from: string, location: string, registry = from): string {
  const options = { registry: new URL(registry) };
  const { url, refusal } = resolveLocation(new URL(from), location, options);
  return url?.href ?? `refused: ${refusal}`;
}

test("a Location, absolute or relative, keeps its query byte for byte (req-039) (req-040)", () => {
  const from = "https://r.test/v2/a/blobs/uploads/";
  const query = "?_state=a%2fb%2F+c&x=%zz;~'()*";
  const kept = query.replace("'", "%27");
  assert.equal(resolve(from, `1${query}`), `${from}1${kept}`);
  assert.equal(resolve(from, `/u${query}`), `https://r.test/u${kept}`);
  assert.equal(resolve(from, `//r.test/u${query}`), `https://r.test/u${kept}`);
  assert.equal(
    resolve(from, `https://cdn.test/u${query}`),
    `https://cdn.test/u${kept}`,
  );
  const long = `/u?_state=${"x".repeat(20_000)}`;
  assert.equal(resolve(from, long), `https://r.test${long}`);
});

test("a proxy that ends TLS, or has another port, is put right", () => {
  for (
    const [from, location, expected] of [
      ["https://r.test/1", "http://r.test/u?a=1", "https://r.test/u?a=1"],
      ["https://r.test/1", "http://r.test:80/u", "https://r.test/u"],
      ["https://r.test/1", "http://r.test:5000/u", "https://r.test/u"],
      ["https://r.test:5000/1", "http://r.test/u", "https://r.test:5000/u"],
      ["https://r.test:5000/1", "https://r.test/u", "https://r.test:5000/u"],
      ["http://r.test:5000/1", "http://r.test/u", "http://r.test:5000/u"],
      ["http://[::1]:5000/1", "http://[::1]/u", "http://[::1]:5000/u"],
      // Not put right: it is as good as what was asked, or better.
      ["https://r.test/1", "https://r.test:5000/u", "https://r.test:5000/u"],
      ["http://r.test:5000/1", "https://r.test/u", "https://r.test/u"],
      ["http://r.test:5000/1", "http://b.test/u", "http://b.test/u"],
    ] as const
  ) {
    assert.equal(resolve(from, location), expected, location);
  }
});

test("who leads from itself to itself by another port means it", () => {
  assert.equal(
    resolve("https://r.test:444/1", "https://r.test/1"),
    "https://r.test/1",
  );
  assert.match(
    resolve("https://r.test/1", "http://r.test/1"),
    /^refused: that would leave https for http/,
  );
  // What the registry itself is at is meant as well.
  assert.equal(
    resolve("https://r.test:444/1", "https://r.test/2", "https://r.test/"),
    "https://r.test/2",
  );
});

test("an upload is sent nowhere that the registry must not lead to (rule 15: upload Location SSRF)", () => {
  for (
    const location of [
      "https://169.254.169.254/latest/meta-data/",
      "http://169.254.169.254/latest/meta-data/",
      "https://metadata.google.internal/",
      "https://10.0.0.1/u",
      "https://localhost/u",
      "https://[::ffff:10.0.0.1]/u",
      "http://cdn.test/u",
      "ftp://r.test/u",
      "https://me:secret@r.test/u",
      "https://",
      "https://[fe80::1%25eth0]/",
    ]
  ) {
    const found = resolve("https://r.test/1", location);
    assert.match(found, /^refused: /, location);
    assert.doesNotMatch(found, /secret/);
  }
  assert.equal(
    resolveLocation(new URL("https://r.test/1"), "https://10.0.0.1/u", {
      registry: new URL("https://r.test/"),
      allowHosts: ["10.0.0.1"],
    }).url?.href,
    "https://10.0.0.1/u",
  );
});

test("a storage host is judged by the registry that led to it", () => {
  const registry = "https://r.test/v2/";
  assert.match(
    resolve("https://cdn.test/1", "https://10.0.0.1/2", registry),
    /^refused: /,
  );
  assert.equal(
    resolve("http://10.0.0.2/1", "http://10.0.0.1/2", "http://10.0.0.3:5000/"),
    "http://10.0.0.1/2",
  );
});
