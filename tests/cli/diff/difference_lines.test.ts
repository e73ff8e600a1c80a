import assert from "node:assert/strict";
import { test } from "node:test";
import type { Comparison } from "../../../src/cli/diff/difference_document.ts";
import { differenceLines } from "../../../src/cli/diff/difference_lines.ts";
import { diffTrees } from "../../../src/image/diff_trees.ts";
import type { ImageItem } from "../../../src/image/image_item.ts";

function item(path: string, more: Partial<ImageItem> = {}): ImageItem {
  return {
    ...{ path, type: "file", mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 0 },
    xattrs: {},
    ...more,
  };
}

const bytes = new Uint8Array([1]);
const trees = diffTrees(
  [
    item("a", { size: 4, digest: "sha256:a" }),
    item("b", { mode: 0o755, xattrs: { "user.x": bytes, "user.y": bytes } }),
    item("c", { type: "symlink", target: "a" }),
    item("d"),
    item("dev", { type: "block-device", major: 8, minor: 1 }),
    item("gone", { size: 1500 }),
    item("size", { size: 1_234_501 }),
  ],
  [
    item("a", { size: 4, digest: "sha256:b" }),
    item("b", { uid: 5, size: 2000, xattrs: { "user.y": bytes } }),
    item("c", { type: "symlink", target: "b\n" }),
    item("d", { type: "symlink", target: "x" }),
    item("dev", { type: "block-device", major: 8, minor: 2 }),
    item("new", { type: "directory", mode: 0o755 }),
    item("new/pipe", { type: "fifo" }),
    item("new/link", { type: "symlink", target: "/x" }),
    item("size", { size: 1_234_502 }),
  ],
);
const comparison: Comparison = {
  ...trees,
  before: "a.tar",
  after: "ghcr.io/me/app:1",
  config: [
    { name: "Entrypoint", before: ["/a"], after: ["/b", "x\u001b"] },
    { name: "Env", key: "A", after: "1" },
    { name: "Volumes", key: "/data", before: {} },
  ],
};

test("differences stand in groups, each on a line where there is room", () => {
  assert.deepEqual(
    differenceLines(comparison, { width: Infinity, color: false }),
    [
      "--- a.tar",
      "+++ ghcr.io/me/app:1",
      "",
      "1 removed, 1.5 kB",
      "- /gone  1.5 kB",
      "",
      "3 added",
      "+ /new/",
      "+ /new/pipe  named pipe",
      "+ /new/link  -> /x",
      "",
      "6 changed",
      "~ /a  content, 4 B",
      "~ /b  mode 0755 -> 0644, owner 0:0 -> 5:0, content 0 B -> 2.0 kB, attributes user.x",
      "~ /c  link a -> b\\u000a",
      "~ /d  file -> symlink to x",
      "~ /dev  device 8,1 -> 8,2",
      "~ /size  content 1234501 B -> 1234502 B",
      "",
      "3 in the configuration",
      '~ Entrypoint  ["/a"] -> ["/b","x\\u001b"]',
      '+ Env A  "1"',
      "- Volumes /data",
    ],
  );
});

test("at 40 columns no line is longer, and nothing is cut", () => {
  const lines = differenceLines(comparison, { width: 40, color: false });
  for (const line of lines) assert.ok(line.length <= 40, line);
  const start = lines.indexOf("~ /b");
  assert.deepEqual(lines.slice(start, start + 5), [
    "~ /b",
    "    mode 0755 -> 0644",
    "    owner 0:0 -> 5:0",
    "    content 0 B -> 2.0 kB",
    "    attributes user.x",
  ]);
});

test("colours are there when they may be, and take no room", () => {
  const lines = differenceLines(comparison, { width: 40, color: true });
  assert.ok(lines.includes("\x1b[31m- /gone\x1b[0m  1.5 kB"));
  assert.ok(lines.includes("\x1b[32m+ /new/\x1b[0m"));
  assert.ok(lines.includes("\x1b[33m~ /a\x1b[0m  content, 4 B"));
  const plain = lines.map((line) =>
    // deno-lint-ignore no-control-regex -- these are what is taken away
    line.replace(/\x1b\[\d*m/g, "")
  );
  assert.deepEqual(
    plain,
    differenceLines(comparison, { width: 40, color: false }),
  );
});

test("no difference is said in words", () => {
  const none = { ...diffTrees([], []), before: "a", after: "b", config: [] };
  assert.deepEqual(
    differenceLines(none, { width: 80, color: true }),
    ["no differences"],
  );
});
