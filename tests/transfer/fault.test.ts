import assert from "node:assert/strict";
import { test } from "node:test";
import { DigestMismatchError } from "../../src/bytes/digest_mismatch_error.ts";
import { RegistryError } from "../../src/registry/registry_error.ts";
import { type ErrorCode, ScratchbuildError } from "../../src/spec/error.ts";
import { TarError } from "../../src/tar/read/tar_error.ts";
import { faultOf } from "../../src/transfer/fault.ts";

const digest = `sha256:${"a".repeat(64)}` as const;

test("what is wrong with bytes is told without what could not be done", () => {
  const error = (text: string, code: ErrorCode = "ARCHIVE") =>
    new ScratchbuildError(text, { code });
  const cases: [error: Error, fault: string][] = [
    [error("Cannot read oci:a: it lacks sha256:ab"), "it lacks sha256:ab"],
    [
      error(`Cannot read ghcr.io/a@${digest}: it is not JSON`, "REGISTRY"),
      "it is not JSON",
    ],
    [
      error(
        "Cannot read a.tar: of its sha256:ab, its digest is sha256:cd. Now",
      ),
      "its digest is sha256:cd. Now",
    ],
    [
      error("Cannot decompress: the gzip data is cut off", "COMPRESSION"),
      "the gzip data is cut off",
    ],
    [new TarError("it is cut off", 512), "it is cut off (at byte 512)"],
    [
      new DigestMismatchError("Cannot read a: whatever", {
        expected: digest,
        actual: "sha256:00",
      }),
      "its digest is sha256:00",
    ],
    [
      new RegistryError("Cannot read a: no", { status: 404, errors: [] }),
      "it is not there",
    ],
  ];
  for (const [error, fault] of cases) assert.equal(faultOf(error), fault);
});

test("what is no fault of the bytes is thrown on", () => {
  const errors = [
    new RegistryError("Cannot read a: no", { status: 403, errors: [] }),
    new RegistryError("Cannot read a: no", { status: 503, errors: [] }),
    new ScratchbuildError("Cannot reach a", { code: "NETWORK" }),
    new ScratchbuildError("Cannot go on", { code: "ABORTED" }),
    new ScratchbuildError("Cannot log in", { code: "CREDENTIALS" }),
    new TypeError("a mistake"),
    "text",
  ];
  for (const error of errors) {
    assert.throws(() => faultOf(error), (thrown) => thrown === error);
  }
});
