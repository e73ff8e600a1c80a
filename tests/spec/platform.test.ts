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
  const [text, expected] of [
    ["linux/x86_64", "linux/amd64"],
    ["linux/aarch64", "linux/arm64"],
    ["linux/aarch64/v8", "linux/arm64/v8"],
    ["linux/armhf", "linux/arm/v7"],
    ["linux/i386", "linux/386"],
    ["Linux/X86_64", "linux/amd64"],
    ["linux/ARM/V7", "linux/arm/v7"],
  ] as const
) {
  test(`platform ${text} is ${expected}`, () => {
    assert.equal(platformText(parsePlatform(text)), expected);
  });
}

for (
  const text of [
    "linux/armhf/v7",
    "",
    "linux",
    "linux/",
    "/amd64",
    "linux/arm/v7/s9",
    "linux/amd64:",
    "linux/am d64",
    "linux/amd64\n",
    "linux/../x",
    "linux/\u212a86",
  ]
) {
  test(`not a platform: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parsePlatform(text), { code: "PLATFORM_SYNTAX" });
  });
}

test("a list of platforms, as BuildKit takes it, is told apart", () => {
  assert.throws(() => parsePlatform("linux/amd64,linux/arm64"), {
    code: "PLATFORM_SYNTAX",
    message: /: it is a list; name each by itself, as in --platform linux\/amd/,
  });
});
