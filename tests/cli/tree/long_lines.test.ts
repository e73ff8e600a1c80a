import assert from "node:assert/strict";
import { test } from "node:test";
import { longLines } from "../../../src/cli/tree/long_lines.ts";
import { modeText } from "../../../src/cli/tree/mode_text.ts";
import type { ImageItem } from "../../../src/image/image_item.ts";

function item(path: string, more: Partial<ImageItem> = {}): ImageItem {
  return {
    ...{ path, type: "file", mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 0 },
    xattrs: {},
    ...more,
  };
}

test("modes read as ls writes them", () => {
  const cases: [type: ImageItem["type"], mode: number, text: string][] = [
    ["file", 0o644, "-rw-r--r--"],
    ["file", 0o4755, "-rwsr-xr-x"],
    ["file", 0o4644, "-rwSr--r--"],
    ["file", 0o2711, "-rwx--s--x"],
    ["file", 0, "----------"],
    ["directory", 0o1777, "drwxrwxrwt"],
    ["directory", 0o3770, "drwxrws--T"],
    ["symlink", 0o777, "lrwxrwxrwx"],
    ["character-device", 0o600, "crw-------"],
    ["block-device", 0o660, "brw-rw----"],
    ["fifo", 0o666, "prw-rw-rw-"],
  ];
  for (const [type, mode, text] of cases) {
    assert.equal(modeText({ type, mode }), text);
  }
});

test("columns are as wide as they have to be, and names come last, whole", () => {
  const items = [
    item("a", { uid: 1000, gid: 5, size: 12345, mtime: 1700000000 }),
    item("dev/null", {
      type: "character-device",
      mode: 0o666,
      major: 1,
      minor: 3,
    }),
    item("link", {
      type: "symlink",
      mode: 0o777,
      target: "over/\u202ethere\n",
    }),
    item("bell\x07", { mtime: 9e15 }),
    item("old", { mtime: -1 }),
  ];
  assert.deepEqual(longLines(items, ({ path }) => `/${path}`), [
    "-rw-r--r-- 1000:5 12345 2023-11-14 22:13 /a",
    "crw-rw-rw- 0:0      1,3 1970-01-01 00:00 /dev/null",
    "lrwxrwxrwx 0:0        0 1970-01-01 00:00 /link -> over/\\u202ethere\\u000a",
    "-rw-r--r-- 0:0        0 @9000000000000000 /bell\\u0007",
    "-rw-r--r-- 0:0        0 1969-12-31 23:59 /old",
  ]);
});
