import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  parseSource,
  sourceHint,
} from "../../../src/cli/parse/parse_source.ts";

type Row = [text: string, path: string, destination?: string, into?: boolean];

function assertParsed(rows: readonly Row[], windows: boolean): void {
  for (const [text, path, destination, isInto = false] of rows) {
    const source = destination === undefined
      ? { path, isInto }
      : { path, destination, isInto };
    assert.deepEqual(parseSource(text, windows), source, text);
  }
}

test("parseSource parts SRC from DEST", () => {
  assertParsed([
    ["out", "out"],
    ["./out:/app", "./out", "/app"],
    ["out:/", "out", "/", true],
    ["out:/.", "out", "/", true],
    ["out:/app/", "out", "/app", true],
    ["out:/app/.", "out", "/app", true],
    ["out:/app/.x", "out", "/app/.x"],
    ["out:/app/x.", "out", "/app/x."],
    ["out://app/./x//", "out", "/app/x", true],
    ["a:b:/app", "a:b", "/app"],
    ["a:/b:/app", "a:/b", "/app"],
    ["/abs/out:/app", "/abs/out", "/app"],
    ["out:app", "out:app"],
    ["out:", "out:"],
    ["C:/out", "C", "/out"],
    ["C:\\out", "C:\\out"],
    ["C:\\out:/app", "C:\\out", "/app"],
    ["with space:/a b", "with space", "/a b"],
    ["out:/ünï", "out", "/ünï"],
    ["-", "-"],
    ["app.tar.gz:/", "app.tar.gz", "/", true],
  ], false);
});

test("parseSource leaves the colon of a drive to SRC on Windows", () => {
  assertParsed([
    ["C:\\out", "C:\\out"],
    ["C:/out", "C:/out"],
    ["c:/", "c:/"],
    ["C:x", "C:x"],
    ["C:\\out:/app", "C:\\out", "/app"],
    ["C:/out:/app", "C:/out", "/app"],
    ["C:/out:/app/", "C:/out", "/app", true],
    ["C:out:/app", "C:out", "/app"],
    ["out:/app", "out", "/app"],
    ["1:/app", "1", "/app"],
    ["..\\out:/app", "..\\out", "/app"],
    ["\\\\host\\share:/app", "\\\\host\\share", "/app"],
    ["\\\\host\\share\\x:/app", "\\\\host\\share\\x", "/app"],
    ["\\\\?\\C:\\x:/app", "\\\\?\\C:\\x", "/app"],
  ], true);
});

test("parseSource refuses no SRC, and a DEST that leads upwards", () => {
  for (const text of ["", ":/app", ":/"]) {
    assert.throws(() => parseSource(text, false), {
      code: "USAGE",
      message: `Cannot use "${text}": name a directory, a file or a tar ` +
        "before the colon, as in ./out:/app",
    });
  }
  for (const text of ["out:/..", "out:/a/../b", "out:/a/.."]) {
    assert.throws(() => parseSource(text, false), {
      code: "USAGE",
      message: `Cannot use "${text}": the path in the image may not hold ` +
        "'..'; write it out",
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
        { path, destination, isInto: parts.length === 0 },
      );
    }),
  );
});

test("sourceHint tells of a DEST that is not absolute", () => {
  assert.match(
    sourceHint({ path: "out:app" }),
    /must be absolute, as in out:\/app$/,
  );
  assert.equal(sourceHint({ path: "out" }), "");
  assert.equal(sourceHint({ path: "C:\\out" }), "");
});
