import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceNumber } from "../../../src/machine/directory/device_number.ts";

for (
  const [rdev, platform, major, minor] of [
    [0x103n, "linux", 1, 3],
    [0x801n, "linux", 8, 1],
    [1227949024n, "linux", 259, 300_000],
    [0xfffffffffffffn, "linux", 0xfffff, 0xffffffff],
    [0x1000_0000_0103n, "linux", 0x1001, 3],
    [0x03000002n, "darwin", 3, 2],
    [0x10ffffffn, "darwin", 16, 0xffffff],
  ] as const
) {
  test(`device ${rdev} of ${platform}`, () => {
    assert.deepEqual(deviceNumber(rdev, platform), { major, minor });
  });
}
