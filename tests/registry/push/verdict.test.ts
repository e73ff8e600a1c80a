import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  judge,
  type UploadStep,
  type Verdict,
} from "../../../src/registry/push/verdict.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";

const error = (status: number, code?: string, message?: string) =>
  new RegistryError("Cannot push", {
    status,
    errors: code === undefined ? [] : [{ code, message }],
  });

test("what a refusal comes to", () => {
  const cases: [
    step: UploadStep,
    status: number,
    code: string | undefined,
    verdict: Verdict,
  ][] = [
    ["whole", 400, undefined, "final"],
    ["part", 400, undefined, "refused"],
    ["stream", 400, undefined, "refused"],
    ["close", 400, undefined, "corrupt"],
    ["whole", 401, "UNAUTHORIZED", "final"],
    ["part", 403, "DENIED", "final"],
    ["whole", 404, undefined, "lost"],
    ["whole", 404, "BLOB_UPLOAD_UNKNOWN", "lost"],
    ["part", 404, "BLOB_UPLOAD_INVALID", "lost"],
    ["whole", 404, "NAME_UNKNOWN", "final"],
    ["part", 405, "UNSUPPORTED", "refused"],
    ["whole", 400, "UNSUPPORTED", "refused"],
    ["close", 405, undefined, "corrupt"],
    ["whole", 408, undefined, "again"],
    ["whole", 409, undefined, "lost"],
    ["part", 411, undefined, "length wanted"],
    ["whole", 400, "CONTENT_LENGTH_INVALID", "length wanted"],
    ["whole", 413, undefined, "too large"],
    ["part", 413, "SIZE_INVALID", "too large"],
    ["close", 413, undefined, "final"],
    ["part", 416, undefined, "out of step"],
    ["part", 416, "BLOB_UPLOAD_INVALID", "out of step"],
    ["part", 400, "RANGE_INVALID", "out of step"],
    ["part", 429, "TOOMANYREQUESTS", "again"],
    ["whole", 400, "DIGEST_INVALID", "corrupt"],
    ["close", 400, "SIZE_INVALID", "corrupt"],
    ["whole", 500, "DIGEST_INVALID", "again"],
    ["part", 501, undefined, "refused"],
    ["whole", 503, undefined, "again"],
    ["whole", 304, undefined, "final"],
    ["part", 418, undefined, "refused"],
  ];
  for (const [step, status, code, verdict] of cases) {
    const said = `${step} ${status} ${code}`;
    assert.equal(judge(error(status, code), step), verdict, said);
  }
});

test("416 may be about the size of a part, as at GHCR", () => {
  const verdict = judge(
    error(416, "BLOB_UPLOAD_INVALID", "the chunk is too large"),
    "part",
  );
  assert.equal(verdict, "too large");
});

test("every refusal comes to something", () => {
  fc.assert(fc.property(
    fc.integer({ min: 300, max: 599 }),
    fc.option(fc.string(), { nil: undefined }),
    fc.constantFrom<UploadStep>("whole", "stream", "part", "close"),
    (status, code, step) => {
      assert.equal(typeof judge(error(status, code), step), "string");
    },
  ));
});
