import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Location, parseLocation } from "../../src/machine/location.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** A location with its references as texts. */
function plain(location: Location): Record<string, unknown> {
  return "reference" in location
    ? { ...location, reference: String(location.reference) }
    : { ...location };
}

for (
  const [text, expected] of [
    ["-", { kind: "stdout" }],
    ["oci:dir", { kind: "oci", path: "dir" }],
    ["oci:/a/b:v1", { kind: "oci", path: "/a/b", tag: "v1" }],
    ["oci:dir:a/b:v1", { kind: "oci", path: "dir", tag: "a/b:v1" }],
    ["oci-archive:f.tar", { kind: "oci-archive", path: "f.tar" }],
    ["oci-archive:f:v1", { kind: "oci-archive", path: "f", tag: "v1" }],
    ["docker-archive:f.tar", { kind: "docker-archive", path: "f.tar" }],
    ["docker-archive:f.tar:app:1.0", {
      kind: "docker-archive",
      path: "f.tar",
      reference: "docker.io/library/app:1.0",
    }],
    ["image.tar", { kind: "tar", path: "image.tar" }],
    ["image.tgz", { kind: "tar", path: "image.tgz" }],
    ["out/image.tar.gz", { kind: "tar", path: "out/image.tar.gz" }],
    ["image.tar.zst", { kind: "tar", path: "image.tar.zst" }],
    ["./out/image.tar", { kind: "tar", path: "./out/image.tar" }],
    ["ubuntu", { kind: "registry", reference: "docker.io/library/ubuntu" }],
    ["docker://ghcr.io/me/app:1", {
      kind: "registry",
      reference: "ghcr.io/me/app:1",
    }],
    ["docker://host/me/image.tar", {
      kind: "registry",
      reference: "docker.io/host/me/image.tar",
    }],
    ["localhost:5000/a@sha256:" + "0".repeat(64), {
      kind: "registry",
      reference: "localhost:5000/a@sha256:" + "0".repeat(64),
    }],
  ] as const
) {
  test(`location ${text}`, () => {
    assert.deepEqual(plain(parseLocation(text, { windows: false })), expected);
  });
}

for (
  const [text, expected] of [
    ["oci:C:\\out\\image", { kind: "oci", path: "C:\\out\\image" }],
    ["oci:C:/out:v1", { kind: "oci", path: "C:/out", tag: "v1" }],
    ["docker-archive:D:\\a.tar:app", {
      kind: "docker-archive",
      path: "D:\\a.tar",
      reference: "docker.io/library/app",
    }],
    ["C:\\out\\image.tar", { kind: "tar", path: "C:\\out\\image.tar" }],
  ] as const
) {
  test(`location on Windows: ${text}`, () => {
    assert.deepEqual(plain(parseLocation(text, { windows: true })), expected);
  });
}

for (
  const text of [
    "oci:",
    "oci::v1",
    "oci:dir:",
    "oci-archive:",
    "docker-archive:f:",
  ]
) {
  test(`not a location: ${text}`, () => {
    assert.throws(() => parseLocation(text), { code: "USAGE" });
  });
}

for (
  const text of ["oci:dir:a b", "oci:dir:-a", "oci-archive:f:a//b", "oci:dir:é"]
) {
  test(`not a tag of a layout: ${text}`, () => {
    assert.throws(() => parseLocation(text), { code: "USAGE" });
  });
}

for (
  const text of [
    "./out",
    "../out",
    "/out",
    "~/out",
    "out/",
    "image.tar.xz",
    "image.zip",
    "oci-archve:image.tar",
    "tar:image.tar",
  ]
) {
  test(`meant otherwise than as a reference: ${text}`, () => {
    assert.throws(() => parseLocation(text), {
      code: "USAGE",
      message: /write FILE\.tar, oci:DIR/,
    });
  });
}

for (const text of ["", "ghcr.io/UPPER", "docker-archive:f:Not A Name"]) {
  test(`not a reference: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseLocation(text), { code: "REFERENCE_SYNTAX" });
  });
}

for (
  const [text, name] of [
    ["oci:dir:v1", "oci:dir"],
    ["oci-archive:f.tar:v1", "oci-archive:f.tar"],
    ["docker-archive:f.tar:app:1.0", "docker-archive:f.tar"],
    ["image.tar", "image.tar"],
    ["-", "-"],
    ["ubuntu:22.04", "docker.io/library/ubuntu"],
  ] as const
) {
  test(`the target at ${text} is called ${name}`, () => {
    assert.equal(openTarget(parseLocation(text)).name, name);
  });
}

for (const text of ["image.tgz", "image.tar.gz", "image.tar.zst"]) {
  test(`an archive that would be compressed is not written: ${text}`, () => {
    assert.throws(() => openTarget(parseLocation(text)), {
      code: "USAGE",
      message: /write FILE\.tar, oci:DIR/,
    });
  });
}

test("an archive whose directory is missing is refused before any work", async () => {
  await withTempDir((dir) => {
    const path = join(dir, "missing", "image.tar");
    assert.throws(() => openTarget({ kind: "tar", path }), { code: "TARGET" });
  });
});
