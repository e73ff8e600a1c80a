import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, cutStart, Page, sizeBar } from "../../../src/cli/inspect/page.ts";

test("a bar shows a share, and that there is anything at all", () => {
  assert.equal(sizeBar(10, 10, 12), "[==========]");
  assert.equal(sizeBar(5, 10, 12), "[=====     ]");
  assert.equal(sizeBar(1, 1e9, 12), "[=         ]");
  assert.equal(sizeBar(0, 10, 12), "[          ]");
  assert.equal(sizeBar(0, 0, 12), "[          ]");
});

test("texts are cut to columns, at the end or at the start", () => {
  assert.equal(cut("abcdef", 6), "abcdef");
  assert.equal(cut("abcdefg", 6), "abc...");
  assert.equal(cut("あいうえ", 7), "あい...");
  assert.equal(cutStart("/usr/lib/a.so", 13), "/usr/lib/a.so");
  assert.equal(cutStart("/usr/lib/aa.so", 10), "...b/aa.so");
  assert.equal(cutStart("/usr/あいう", 8), "...いう");
  assert.equal(cut("abc", Infinity), "abc");
});

test("a page has an empty line between blocks, and none before the first", () => {
  const page = new Page({ width: 20, color: false });
  page.block();
  page.row("name", ["one", "a value that is too long"], { column: 6 });
  page.row("id", ["a value that is too long"], { column: 6, isWhole: true });
  page.block("list");
  page.line("a line that is too long");
  page.barLine(["  ", "[==]", "  1 B  "]);
  assert.deepEqual(page.lines, [
    "name  one",
    "      a value tha...",
    "id    a value that is too long",
    "",
    "list",
    "a line that is to...",
    "  [==]  1 B",
  ]);
});

test("colours are where they may be, and nothing else for terminals", () => {
  const page = new Page({ width: 80, color: true });
  page.block("list\x1b[2J");
  page.row("name", ["\x1b[31mred\u202e", "two"], { column: 6 });
  page.line("\x07line\n");
  page.barLine(["\x1b", "[==]", "\x1b"]);
  assert.deepEqual(page.lines, [
    "\x1b[36mlist\\u001b[2J\x1b[0m",
    "\x1b[36mname  \x1b[0m\\u001b[31mred\\u202e",
    "      two",
    "\\u0007line\\u000a",
    "\\u001b\x1b[32m[==]\x1b[0m\\u001b",
  ]);
});
