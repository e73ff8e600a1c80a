import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { greeting, helloProgram } from "../../examples/write_hello.ts";
import { runCliOk } from "../support/run_cli.ts";
import { runOk } from "../support/run.ts";
import { withTempDir } from "../support/temp_dir.ts";

const directory = fileURLToPath(
  new URL("../../examples/hello/", import.meta.url),
);
const program = `${directory}hello`;

test("examples/hello holds what its generator writes, and nothing else", () => {
  assert.deepEqual(readdirSync(directory), ["hello"]);
  assert.deepEqual(new Uint8Array(readFileSync(program)), helloProgram());
});

test("examples/hello/hello is executable", () => {
  assert.equal(statSync(program).mode & 0o111, 0o111);
});

const skip = (process.platform !== "linux" || process.arch !== "x64") &&
  "needs Linux on x86-64";
test("examples/hello/hello greets", { skip }, async () => {
  assert.equal(await runOk(program, []), greeting);
});

const otherModes = (statSync(program).mode & 0o7777) !== 0o755 &&
  "needs a checkout made under the umask 022";
test("the digest in the README is that of examples/hello", {
  skip: otherModes,
}, async () => {
  const readme = readFileSync(
    new URL("../../README.md", import.meta.url),
    "utf8",
  );
  const [expected] = /sha256:[0-9a-f]{64}/.exec(readme) ?? [];
  await withTempDir(async (dir) => {
    const output = `oci-archive:${dir}/hello.tar`;
    const args = ["build", directory, "--entrypoint", "/hello", "-o", output];
    assert.equal(await runCliOk(args), `${output}@${expected}\n`);
  });
});
