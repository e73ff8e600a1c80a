import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { cleanPath } from "../../../src/tree/ignore/clean_path.ts";

test("paths are cleaned as Node's normalize does, without a `/` at the end", () => {
  const path = fc.stringMatching(/^[a./]{0,12}$/);
  fc.assert(
    fc.property(path, (given) => {
      const normal = posix.normalize(given);
      const expected = normal === "/" ? normal : normal.replace(/\/$/, "");
      assert.equal(cleanPath(given), expected);
    }),
    { numRuns: 2_000 },
  );
});
