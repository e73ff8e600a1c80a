import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { processOutput } from "../../src/cli/process_output.ts";

/** A stream of a process that fails with what it is told. */
function failing(error: Error | null): NodeJS.WriteStream {
  return new Writable({
    write: (_chunk, _encoding, done) => done(error),
  }) as unknown as NodeJS.WriteStream;
}

test("a reader that went away is no failure, and is known", async () => {
  const gone = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  const output = processOutput(failing(gone));
  assert.equal(output.isClosed, false);
  output.write("text");
  assert.equal(await output.flush(), undefined);
  assert.equal(output.isClosed, true);
});

test("what else is not taken is a failure", async () => {
  const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
  const output = processOutput(failing(full));
  output.write("text");
  assert.equal(await output.flush(), full);
  assert.equal(output.isClosed, false);
  const taken = processOutput(failing(null));
  taken.write("text");
  assert.equal(await taken.flush(), undefined);
  assert.equal(taken.isClosed, false);
});

test("a terminal without a size counts as one of the usual size", () => {
  const unsized = Object.assign(failing(null), { columns: 0, rows: 0 });
  const { columns, rows } = processOutput(unsized);
  assert.deepEqual([columns, rows], [80, 24]);
  const sized = Object.assign(failing(null), { columns: 120, rows: 50 });
  assert.equal(processOutput(sized).columns, 120);
  assert.equal(processOutput(sized).rows, 50);
});
