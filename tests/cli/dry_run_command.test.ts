import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { DryRun } from "../../src/cli/dry_run.ts";
import type { ResultDocument } from "../../src/cli/image_result.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";
import { withServed } from "./with_served.ts";

const PLAIN = ["--xattrs", "off", "--quiet"];

/** Runs the command, which has to succeed. */
async function run(...argv: string[]): Promise<string> {
  const { status, stdout, stderr } = await runInProcess([...argv, ...PLAIN]);
  assert.equal(status, 0, stderr);
  return stdout;
}

async function planOf(...argv: string[]): Promise<DryRun> {
  const { images }: ResultDocument = JSON.parse(
    await run(...argv, "--dry-run", "--json"),
  );
  assert.equal(images.length, 1);
  return images[0]?.dryRun ?? assert.fail("no dry run");
}

const states = ({ contents }: DryRun) => contents.map(({ state }) => state);

async function makeSource(root: string): Promise<string> {
  const source = join(root, "src");
  await mkdir(source);
  await writeFile(join(source, "a"), "a".repeat(1000));
  return `${source}:/app`;
}

test("a dry run tells what a registry lacks, and sends nothing", () =>
  withServed(async (root, served) => {
    const { host, registry } = served ?? assert.fail();
    const source = await makeSource(root);
    const push = ["push", source, `${host}/app:1`];
    const first = await planOf(...push);
    assert.deepEqual(states(first), ["new", "new", "new"]);
    const size = first.contents.reduce((sum, { size }) => sum + size, 0);
    assert.equal(first.bytesToSend, size);
    assert.ok(registry.lines().every((line) => /^(?:GET|HEAD) /.test(line)));
    const digest = first.contents.at(-1)?.digest;
    assert.match(await run(...push), new RegExp(`@${digest}\n$`));
    const second = await planOf(...push);
    assert.deepEqual(states(second), ["present", "present", "present"]);
    assert.equal(second.bytesToSend, 0);
    const third = await planOf(...push, "--env", "A=1");
    assert.deepEqual(states(third), ["present", "new", "new"]);
  }));

test("a dry run tells what can be mounted", () =>
  withServed(async (root, served) => {
    const { host, registry } = served ?? assert.fail();
    const source = await makeSource(root);
    await run("push", source, `${host}/old:1`, "--compression-level", "1");
    registry.requests.length = 0;
    const from = ["--reuse-from", `${host}/old:1`];
    const plan = await planOf("push", source, `${host}/new:1`, ...from);
    assert.deepEqual(states(plan), ["mountable", "new", "new"]);
    assert.ok(registry.lines().every((line) => /^(?:GET|HEAD) /.test(line)));
  }));

test("a dry run leaves no file behind, and knows what a layout has", () =>
  withTempDir(async (root) => {
    const source = await makeSource(root);
    const files = [join(root, "out"), join(root, "meta.json")] as const;
    const [out, meta] = files;
    const build = ["build", source, "-o", `oci:${out}:1`];
    const first = await planOf(...build, "--metadata-file", meta);
    assert.deepEqual(states(first), ["new", "new", "new"]);
    for (const file of files) assert.equal(existsSync(file), false);
    await run(...build);
    const second = await planOf(...build, "--env", "A=1");
    assert.deepEqual(states(second), ["present", "new", "new"]);
    const archive = join(root, "out.tar");
    const third = await planOf("build", source, "-o", archive);
    assert.deepEqual(states(third), ["new", "new", "new"]);
    assert.equal(existsSync(archive), false);
  }));

test("a dry run as text ends with the digest", () =>
  withServed(async (root, served) => {
    const { host } = served ?? assert.fail();
    const source = await makeSource(root);
    const argv = ["push", source, `${host}/app:1`];
    const lines = (await run(...argv, "--dry-run")).split("\n");
    assert.match(
      lines[0] ?? "",
      /^new {7}sha256:[0-9a-f]{64} +\d+ B {2}\/app$/,
    );
    assert.match(lines[1] ?? "", /^new .* config$/);
    assert.match(lines[2] ?? "", /^new .* manifest$/);
    assert.match(lines[3] ?? "", /^\d+ B to send to 127\.0\.0\.1:\d+\/app$/);
    assert.equal(`${lines[4]}\n`, await run(...argv));
  }));
