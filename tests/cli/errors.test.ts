import assert from "node:assert/strict";
import { test } from "node:test";
import { Interruption } from "../../src/cli/context.ts";
import { errorLines } from "../../src/cli/error_line.ts";
import { printable } from "../../src/spec/printable.ts";
import { exitStatusOf } from "../../src/cli/exit_status.ts";
import { RegistryError } from "../../src/registry/registry_error.ts";
import { type ErrorCode, ScratchbuildError } from "../../src/spec/error.ts";
import { LayerError } from "../../src/tar/layer_error.ts";

const { signal } = new AbortController();
const interrupted = AbortSignal.abort(new Interruption("SIGTERM"));

test("every kind of error has its exit status", () => {
  const byCode = (code: ErrorCode) => new ScratchbuildError("x", { code });
  const cases: [error: unknown, status: number][] = [
    [byCode("USAGE"), 2],
    [byCode("REFERENCE_SYNTAX"), 2],
    [byCode("PLATFORM_SYNTAX"), 2],
    [byCode("CREDENTIALS"), 3],
    [byCode("NETWORK"), 4],
    [byCode("DIGEST_MISMATCH"), 4],
    [byCode("TARGET"), 1],
    [byCode("IMAGE"), 1],
    [byCode("COMPRESSION"), 1],
    [new LayerError("a", "b"), 1],
    [new RegistryError("x", { status: 401 }), 3],
    [new RegistryError("x", { status: 403 }), 3],
    [new RegistryError("x", { status: 404 }), 4],
    [new RegistryError("x", { status: 500 }), 4],
    [new TypeError("x"), 1],
    ["text", 1],
    [undefined, 1],
  ];
  for (const [error, status] of cases) {
    assert.equal(exitStatusOf(error, signal), status, String(error));
    assert.equal(exitStatusOf(error, interrupted), 143);
  }
});

test("an error is one line that does nothing to a terminal", () => {
  const message = "Cannot x: \x1b[31m red\n\x9b1m \u202eesrever\u2028\x7f";
  const error = new ScratchbuildError(message, { code: "TARGET" });
  assert.equal(
    errorLines(error, { debug: false, signal }),
    "scratchbuild: Cannot x: \\u001b[31m red\\u000a\\u009b1m " +
      "\\u202eesrever\\u2028\\u007f",
  );
  assert.equal(printable("ünï 語 😀 'x' \\"), "ünï 語 😀 'x' \\");
});

test("an error that is a mistake of ours asks for a report", () => {
  assert.equal(
    errorLines(new TypeError("x is not a function"), { debug: false, signal }),
    "scratchbuild: Cannot finish, because of a mistake in scratchbuild itself: " +
      "TypeError: x is not a function; please report it, with what " +
      "SCRATCHBUILD_DEBUG=1 shows",
  );
  assert.match(
    errorLines("text", { debug: false, signal }),
    /itself: text; please report it/,
  );
});

test("whatever fails after a signal was interrupted", () => {
  assert.equal(
    errorLines(new TypeError("x"), { debug: false, signal: interrupted }),
    "scratchbuild: Cannot finish: interrupted by SIGTERM",
  );
});

test("an interruption says whether the next run goes on", () => {
  const reason = new Interruption("SIGINT");
  reason.isResumable = true;
  const options = { debug: false, signal: AbortSignal.abort(reason) };
  assert.equal(
    errorLines(new TypeError("x"), options),
    "scratchbuild: Cannot finish: interrupted by SIGINT; " +
      "the next run goes on from what the registry kept",
  );
});

test("stacks are shown to those who ask, without what is signed into URLs", () => {
  const cause = new Error(
    "GET https://cdn.example/blob?X-Amz-Signature=s3cret)",
  );
  const error = new ScratchbuildError("Cannot x", { code: "NETWORK", cause });
  const lines = errorLines(error, { debug: true, signal }).split("\n");
  assert.equal(lines[0], "scratchbuild: Cannot x");
  assert.ok(lines.length > 3);
  const caused = lines.find((line) => line.startsWith("Caused by: "));
  assert.match(caused ?? "", /GET https:\/\/cdn\.example\/blob\?\.\.\./);
  assert.ok(!lines.join("\n").includes("s3cret"));
});
