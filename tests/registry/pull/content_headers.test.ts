import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  contentDigest,
  contentEncoding,
  contentLength,
  contentRange,
  contentType,
} from "../../../src/registry/pull/content_headers.ts";

const headers = (name: string, value: string) => new Headers({ [name]: value });

test("Content-Range: bytes FROM-TO/TOTAL and nothing else", () => {
  const read = (text: string) => contentRange(headers("content-range", text));
  assert.deepEqual(read("bytes 5-9/10"), { first: 5, last: 9, total: 10 });
  assert.deepEqual(read("Bytes 0-0/*"), { first: 0, last: 0 });
  for (
    const text of [
      "5-9/10",
      "bytes */10",
      "bytes 9-5/10",
      "bytes 5-9",
      "bytes=5-9/10",
      "bytes -5-9/10",
      "bytes 5-9/-1",
      "bytes 99999999999999999999-5/6",
      "items 5-9/10",
      "",
    ]
  ) assert.equal(read(text), undefined, text);
  assert.equal(contentRange(new Headers()), undefined);
  fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(), (first, more, rest) => {
    const last = first + more;
    const total = last + 1 + rest;
    const text = `bytes ${first}-${last}/${total}`;
    assert.deepEqual(read(text), { first, last, total });
  }));
});

test("Content-Length: digits", () => {
  const read = (text: string) => contentLength(headers("content-length", text));
  assert.equal(read("0"), 0);
  assert.equal(read("12"), 12);
  for (const text of ["", "-1", "1e3", "0x10", "1, 1", "9".repeat(30)]) {
    assert.equal(read(text), undefined, text);
  }
});

test("Content-Type: without parameters, and where it says something", () => {
  const read = (text: string) => contentType(headers("content-type", text));
  assert.equal(read("Text/HTML; charset=utf-8"), "text/html");
  assert.equal(read("a/b;"), "a/b");
  for (
    const text of ["", ";", "a", "a/b/c", "application/json; x=y", "a b/c"]
  ) {
    assert.equal(read(text), undefined, text);
  }
});

test("Content-Encoding and Docker-Content-Digest", () => {
  const encoding = (text: string) =>
    contentEncoding(headers("content-encoding", text));
  assert.equal(encoding("GZIP"), "gzip");
  assert.equal(encoding("gzip, br"), "gzip, br");
  assert.equal(encoding("identity"), undefined);
  assert.equal(encoding(""), undefined);
  const digest = (text: string) =>
    contentDigest(headers("docker-content-digest", text));
  assert.equal(digest(`sha256:${"a".repeat(64)}`), `sha256:${"a".repeat(64)}`);
  assert.equal(digest("sha256:../x"), undefined);
  assert.equal(digest(""), undefined);
});
