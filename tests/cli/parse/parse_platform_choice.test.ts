import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ownPlatform,
  parsePlatformChoice,
} from "../../../src/cli/parse/parse_platform_choice.ts";

test("a choice is everything, one for this computer, or a platform", () => {
  assert.equal(parsePlatformChoice("all"), "all");
  assert.deepEqual(parsePlatformChoice("linux/arm/v7"), {
    os: "linux",
    architecture: "arm",
    variant: "v7",
  });
  const one = parsePlatformChoice("one");
  assert.ok(one !== "all");
  assert.equal(one.os, "linux");
  assert.throws(() => parsePlatformChoice("some"), { code: "PLATFORM_SYNTAX" });
});

test("processors have the names that Go gives them", () => {
  const names: Record<string, string> = {
    ...{ x64: "amd64", arm64: "arm64", arm: "arm", ia32: "386" },
    ...{ ppc64: "ppc64le", s390x: "s390x", riscv64: "riscv64" },
    constructor: "constructor",
  };
  for (const [processor, architecture] of Object.entries(names)) {
    assert.deepEqual(ownPlatform(processor), { os: "linux", architecture });
  }
});
