import assert from "node:assert/strict";
import { test } from "node:test";
import {
  imagePlatforms,
  unnamedPlatform,
} from "../../src/cli/image_platforms.ts";
import { parsePlatform } from "../../src/spec/platform.ts";

test("platforms stay in the order in which they are named", () => {
  const platform = ["linux/arm/v7", "linux/amd64", "linux/arm/v6"]
    .map(parsePlatform);
  assert.deepEqual(imagePlatforms({ platform }), platform);
  assert.deepEqual(imagePlatforms({}), []);
  assert.deepEqual(
    imagePlatforms({ platform, "os-feature": ["x", "x"] })
      .map((platform) => platform["os.features"]),
    [["x"], ["x"], ["x"]],
  );
});

test("a platform that is named twice is refused", () => {
  const platform = ["linux/amd64", "linux/arm64", "linux/x86_64"]
    .map(parsePlatform);
  assert.throws(() => imagePlatforms({ platform }), {
    code: "USAGE",
    message: "Cannot build for linux/amd64 twice: an index has one image for " +
      "each platform; leave one --platform out",
  });
});

test("two versions of Windows are two platforms", () => {
  const platform = ["windows/amd64:10.0.1", "windows/amd64:10.0.2"]
    .map(parsePlatform);
  assert.deepEqual(imagePlatforms({ platform }), platform);
});

test("--os-version is for one platform", () => {
  const platform = ["windows/amd64", "linux/amd64"].map(parsePlatform);
  assert.throws(() => imagePlatforms({ platform, "os-version": "10.0" }), {
    code: "USAGE",
    message:
      "Cannot use --os-version with several platforms: write it behind " +
      "each, as in --platform windows/amd64:10.0",
  });
});

test("the version of the platform can be told in two places, but not two", () => {
  const platform = [parsePlatform("windows/amd64:10.0")];
  assert.deepEqual(
    imagePlatforms({ platform, "os-version": "10.0" }),
    platform,
  );
  assert.throws(() => imagePlatforms({ platform, "os-version": "11.0" }), {
    code: "USAGE",
    message: /--os-version "11\.0": the platform has the version "10\.0"/,
  });
});

test("the features alone are those of the default platform, or of the base", () => {
  const flags = { "os-feature": ["x", "x"], "os-version": "10.0" };
  assert.deepEqual(unnamedPlatform(flags), {
    os: "linux",
    architecture: "amd64",
    "os.version": "10.0",
    "os.features": ["x"],
  });
  const base = parsePlatform("windows/arm64/v8:9");
  assert.deepEqual(unnamedPlatform(flags, base), {
    ...base,
    "os.version": "10.0",
    "os.features": ["x"],
  });
  assert.equal(unnamedPlatform({}, base), undefined);
});
