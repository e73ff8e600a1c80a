import assert from "node:assert/strict";
import { test } from "node:test";
import { LayerNotices } from "../../src/cli/layer_notices.ts";

function collect(): { lines: string[]; notices: LayerNotices } {
  const lines: string[] = [];
  return { lines, notices: new LayerNotices((line) => lines.push(line)) };
}

test("after ten warnings of one kind the rest is counted", () => {
  const { lines, notices } = collect();
  for (let n = 1; n <= 14; n++) {
    notices.take("src", { code: "NAMES", path: `${n}`, message: `twin ${n}` });
    if (n < 12) {
      notices.take("src", {
        code: "SOCKET",
        path: `${n}`,
        message: `socket ${n}`,
      });
    }
  }
  assert.equal(lines.length, 20);
  notices.end();
  assert.deepEqual(lines.slice(20), [
    "twin 11; and 3 more like it",
    "socket 11",
  ]);
  notices.end();
  assert.equal(lines.length, 22);
});

test("each layer may have its ten", () => {
  const { lines, notices } = collect();
  for (let n = 1; n <= 20; n++) {
    notices.take("src", { path: `${n}`, message: `odd ${n}` });
    if (n === 10) notices.end();
  }
  notices.end();
  assert.equal(lines.length, 20);
});

test("what was said of one layer is not said again of the next", () => {
  const { lines, notices } = collect();
  for (const path of ["a", "b"]) {
    notices.take("src", { path: "x", message: "x is odd" });
    notices.take(path, { code: "XATTRS", path, message: "no getfattr" });
    notices.take(path, { code: "TAR", path: "y", message: "y is twice" });
    notices.end();
  }
  assert.deepEqual(lines, [
    "x is odd",
    "the extended attributes of a are left out: to read them, install " +
    "getfattr (package attr), and on Deno allow it to be run; --xattrs off " +
    "does not try",
    "a: y is twice",
    "b: y is twice",
  ]);
});
