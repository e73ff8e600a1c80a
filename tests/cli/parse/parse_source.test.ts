import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  parseSource,
  sourceHint,
} from "../../../src/cli/parse/parse_source.ts";

type Row = [text: string, path: string, destination: string];

test("parseSource parts SRC from DEST", () => {
  const rows: Row[] = [
    ["out", "out", "/"],
    ["./out:/app", "./out", "/app"],
    ["out:/", "out", "/"],
    ["out:/app/", "out", "/app"],
    ["out://app/./x//", "out", "/app/x"],
    ["a:b:/app", "a:b", "/app"],
    ["a:/b:/app", "a:/b", "/app"],
    ["/abs/out:/app", "/abs/out", "/app"],
    ["out:app", "out:app", "/"],
    ["out:", "out:", "/"],
    ["C:/out", "C", "/out"],
    ["with space:/a b", "with space", "/a b"],
    ["out:/ünï", "out", "/ünï"],
    ["-", "-", "/"],
  ];
  for (const [text, path, destination] of rows) {
    assert.deepEqual(parseSource(text, false), { path, destination }, text);
  }
});

test("parseSource leaves the colon of a drive to SRC on Windows", () => {
  const rows: Row[] = [
    ["C:\\out", "C:\\out", "/"],
    ["C:/out", "C:/out", "/"],
    ["c:/", "c:/", "/"],
    ["C:\\out:/app", "C:\\out", "/app"],
    ["C:/out:/app", "C:/out", "/app"],
    ["C:out:/app", "C:out", "/app"],
    ["out:/app", "out", "/app"],
    ["1:/app", "1", "/app"],
    ["..\\out:/app", "..\\out", "/app"],
    ["\\\\host\\share:/app", "\\\\host\\share", "/app"],
  ];
  for (const [text, path, destination] of rows) {
    assert.deepEqual(parseSource(text, true), { path, destination }, text);
  }
});

test("parseSource refuses no SRC, and a DEST that leads upwards", () => {
  for (const text of ["", ":/app", ":/"]) {
    assert.throws(() => parseSource(text, false), {
      code: "USAGE",
      message: /name a directory before the colon/,
    });
  }
  for (const text of ["out:/..", "out:/a/../b", "out:/a/.."]) {
    assert.throws(() => parseSource(text, false), {
      code: "USAGE",
      message: /may not hold '\.\.'/,
    });
  }
});

test("parseSource gives back what was joined", () => {
  const name = fc.string({
    unit: fc.constantFrom("a", "B", ".", " ", ":", "\\"),
  })
    .filter((text) => text !== "" && text !== ".." && text !== ".");
  fc.assert(
    fc.property(name, fc.array(name), fc.boolean(), (path, parts, windows) => {
      fc.pre(!parts.some((part) => part.endsWith(":")));
      fc.pre(!(windows && /^[A-Za-z]$/.test(path)));
      const destination = `/${parts.join("/")}`;
      assert.deepEqual(
        parseSource(`${path}:${destination}`, windows),
        { path, destination },
      );
    }),
  );
});

test("sourceHint tells of a DEST that is not absolute", () => {
  assert.match(
    sourceHint({ path: "out:app", destination: "/" }),
    /must be absolute, as in out:\/app$/,
  );
  assert.equal(sourceHint({ path: "out", destination: "/" }), "");
  assert.equal(sourceHint({ path: "C:\\out", destination: "/" }), "");
});
