import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuildFlags } from "../../../src/cli/commands/build_flags.ts";
import { mergeFlags } from "../../../src/cli/config_file/merge_flags.ts";

const arm = { os: "linux", architecture: "arm64" };
const cases: [file: BuildFlags, line: BuildFlags, merged: BuildFlags][] = [
  [{}, {}, {}],
  [{ vcs: true }, { vcs: false }, { vcs: false }],
  [{ user: "1", workdir: "/" }, { user: "2" }, { user: "2", workdir: "/" }],
  [
    { user: "1", label: [["a", "1"]], "health-cmd": ["CMD", "/a"] },
    { user: undefined, label: undefined, "health-cmd": undefined },
    { user: "1", label: [["a", "1"]], "health-cmd": ["CMD", "/a"] },
  ],
  [
    { env: [["A", "1"], ["B"]], label: [["a", "1"]] },
    { env: [["A", "2"]], annotation: [["b", "1"]] },
    {
      env: [["A", "1"], ["B"], ["A", "2"]],
      label: [["a", "1"]],
      annotation: [["b", "1"]],
    },
  ],
  [
    { expose: ["1/tcp"], volume: ["/a"], "os-feature": ["a"] },
    { expose: ["2/tcp"], volume: ["/b"], "os-feature": ["b"] },
    {
      expose: ["1/tcp", "2/tcp"],
      volume: ["/a", "/b"],
      "os-feature": ["a", "b"],
    },
  ],
  [
    { entrypoint: ["/a"], cmd: ["-a"] },
    { entrypoint: ["/b"] },
    { entrypoint: ["/b"], cmd: ["-a"] },
  ],
  [
    { platform: [arm], "os-version": "1", "os-feature": ["a"] },
    { platform: [{ ...arm, architecture: "amd64" }], "os-feature": ["b"] },
    {
      platform: [{ ...arm, architecture: "amd64" }],
      "os-feature": ["b"],
    },
  ],
  [
    { "health-cmd": ["CMD", "/a"], "health-retries": 3 },
    { "health-retries": 5 },
    { "health-cmd": ["CMD", "/a"], "health-retries": 5 },
  ],
  [
    { "health-cmd": ["CMD", "/a"], "health-retries": 3, user: "1" },
    { "no-healthcheck": true },
    { "no-healthcheck": true, user: "1" },
  ],
  [
    { "no-healthcheck": true },
    { "health-cmd": ["CMD", "/a"] },
    { "health-cmd": ["CMD", "/a"] },
  ],
  [
    { "ignore-file": "a", "allow-secret": ["a"] },
    { "no-ignore": true, "allow-secret": ["b"] },
    { "no-ignore": true, "allow-secret": ["a", "b"] },
  ],
  [{ "allow-secret": ["a"] }, { secrets: "off" }, { secrets: "off" }],
  [
    { from: "debian", "foreign-layers": true },
    { from: "scratch" },
    { from: "scratch" },
  ],
  [
    { from: "debian", "foreign-layers": true },
    { from: "oci:base" },
    { from: "oci:base", "foreign-layers": true },
  ],
  [{ secrets: "off" }, { "allow-secret": ["a"] }, { "allow-secret": ["a"] }],
  [{ "no-ignore": true }, { "ignore-file": "a" }, { "ignore-file": "a" }],
  [
    { "compression-level": 9 },
    { compression: "none" },
    { compression: "none" },
  ],
  [
    { compression: "gzip", "compression-level": 9 },
    { compression: "gzip" },
    { compression: "gzip", "compression-level": 9 },
  ],
];

for (const [file, line, merged] of cases) {
  test(`${JSON.stringify(file)} below ${JSON.stringify(line)}`, () => {
    assert.deepEqual(mergeFlags(file, line), merged);
  });
}
