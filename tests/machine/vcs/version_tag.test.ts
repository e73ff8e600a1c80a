import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { versionTag } from "../../../src/machine/vcs/version_tag.ts";

const cases: [tags: string[], best: string | undefined][] = [
  [[], undefined],
  [["nightly"], "nightly"],
  [["v1.9.0", "v1.10.0"], "v1.10.0"],
  [["v1.0.0-rc.1", "v1.0.0"], "v1.0.0"],
  [["v1.0.0-rc.2", "v1.0.0-rc.10"], "v1.0.0-rc.10"],
  [["latest", "stable", "1.2.0"], "1.2.0"],
  [["v1", "v1.2", "v1.2.3"], "v1.2.3"],
  [["1.2.3", "v1.2.3"], "v1.2.3"],
  [["app@1.2.0", "app@1.10.0"], "app@1.10.0"],
];

for (const [tags, best] of cases) {
  test(`of ${JSON.stringify(tags)}: ${best}`, () => {
    assert.equal(versionTag(tags), best);
    assert.equal(versionTag([...tags].reverse()), best);
  });
}

test("the order of the tags does not matter", () => {
  const tag = fc.stringMatching(/^v?[0-9a-c.-]{1,6}$/);
  fc.assert(fc.property(fc.uniqueArray(tag, { maxLength: 6 }), (tags) => {
    const best = versionTag(tags);
    assert.equal(versionTag([...tags].reverse()), best);
    assert.equal(versionTag([...tags].sort()), best);
  }));
});
