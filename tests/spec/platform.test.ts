import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlatform, platformText } from "../../src/spec/platform.ts";

for (
  const text of [
    "linux/amd64",
    "linux/arm/v7",
    "linux/arm64/v8",
    "windows/amd64:10.0.17763.1",
  ]
) {
  test(`platform ${text} is written as it was read`, () => {
    assert.equal(platformText(parsePlatform(text)), text);
  });
}

test("a platform in its parts", () => {
  assert.deepEqual(parsePlatform("linux/arm/v7"), {
    os: "linux",
    architecture: "arm",
    variant: "v7",
  });
});

for (
  const text of [
    "",
    "linux",
    "linux/",
    "/amd64",
    "linux/arm/v7/s9",
    "linux/amd64:",
    "linux/am d64",
    "linux/amd64\n",
    "linux/../x",
  ]
) {
  test(`not a platform: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parsePlatform(text), { code: "PLATFORM_SYNTAX" });
  });
}
