import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Manifest } from "../../src/spec/manifest.ts";
import type { FakeRegistry } from "../support/fake_registry.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { layoutContents } from "./layout_contents.ts";
import { runInProcess } from "./run_in_process.ts";
import { withServed } from "./with_served.ts";

const PLAIN = ["--xattrs", "off", "--progress", "plain"];

/** Runs the command, which has to succeed, and gives the digest. */
async function run(...argv: string[]): Promise<string> {
  const { status, stdout, stderr } = await runInProcess([...argv, ...PLAIN]);
  assert.equal(status, 0, stderr);
  return /sha256:[0-9a-f]{64}/.exec(stdout)?.[0] ?? assert.fail(stdout);
}

async function writeSources(root: string): Promise<[string, string]> {
  const [lib, app] = [join(root, "lib"), join(root, "app")];
  await mkdir(lib);
  await mkdir(app);
  await writeFile(join(lib, "a"), "library\n".repeat(1000));
  await writeFile(join(app, "main"), "app\n");
  return [`${lib}:/lib`, `${app}:/app`];
}

/** What was asked since, without the ids of uploads. */
function takeLines(registry: FakeRegistry): string[] {
  return registry.requests.splice(0).map(({ line }) => line);
}

function layersOf(
  { manifests }: FakeRegistry,
  repository: string,
  digest: string,
): Manifest["layers"] {
  const { bytes } = manifests.get(`${repository}@${digest}`) ??
    assert.fail(`no ${digest}`);
  return (JSON.parse(new TextDecoder().decode(bytes)) as Manifest).layers;
}

test("what is there already is asked for, and nothing is sent", () =>
  withServed(async (root, served) => {
    const { host, registry } = served ?? assert.fail();
    const sources = await writeSources(root);
    const push = () => run("push", ...sources, `${host}/app:1`);
    const digest = await push();
    const config = takeLines(registry).length;
    assert.ok(config > 0);
    assert.equal(await push(), digest);
    const lines = takeLines(registry);
    assert.match(lines[1] ?? "", /^GET \/v2\/app\/blobs\/sha256:/);
    assert.deepEqual([lines[0], ...lines.slice(2)], [
      "GET /v2/app/manifests/1",
      "HEAD /v2/app/manifests/1",
    ]);
  }));

test("a layer that is as it was keeps its bytes, and the other is sent", () =>
  withServed(async (root, served) => {
    const { host, registry } = served ?? assert.fail();
    const sources = await writeSources(root);
    const push = (...flags: string[]) =>
      run("push", ...sources, `${host}/app:1`, ...flags);
    // What another program would have made of it.
    const first = await push("--compression-level", "1");
    const [lib, app] = layersOf(registry, "app", first);
    await writeFile(join(root, "app/main"), "other\n");
    takeLines(registry);
    const second = layersOf(registry, "app", await push());
    assert.deepEqual(second[0], lib);
    assert.notEqual(second[1]?.digest, app?.digest);
    const uploads = takeLines(registry).filter((line) => /^PUT/.test(line));
    // The layer, the configuration and the manifest.
    assert.equal(uploads.length, 3);
    const asked = await push("--compression-level", "5");
    assert.notEqual(layersOf(registry, "app", asked)[0]?.digest, lib?.digest);
  }));

test("layers are mounted from the repository that is named", () =>
  withServed(async (root, served) => {
    const { host, registry } = served ?? assert.fail();
    const sources = await writeSources(root);
    const level = ["--compression-level", "1"];
    const first = await run("push", ...sources, `${host}/old:1`, ...level);
    takeLines(registry);
    const from = ["--reuse-from", `${host}/old:1`];
    const second = await run("push", ...sources, `${host}/new:1`, ...from);
    assert.equal(second, first);
    const lines = takeLines(registry);
    const sent = lines.filter((line) => /^(?:PUT|PATCH) .*blobs/.test(line));
    // The configuration, which came from nowhere.
    assert.equal(sent.length, 1, lines.join("\n"));
  }));

test("layers come from a layout, and from the layout that is written", () =>
  withTempDir(async (root) => {
    const sources = await writeSources(root);
    const layersIn = async (name: string) => {
      const verified = await runInProcess(["verify", `oci:${root}/${name}:1`]);
      assert.equal(verified.status, 0, verified.stderr);
      const { images } = await layoutContents(join(root, name), "1");
      const [image] = images.values();
      return image?.manifest.layers ?? assert.fail();
    };
    const build = (name: string, ...flags: string[]) =>
      run("build", ...sources, "-o", `oci:${root}/${name}:1`, ...flags);
    await build("old", "--compression-level", "1");
    const [lib, app] = await layersIn("old");
    await writeFile(join(root, "app/main"), "other\n");
    await build("new", "--reuse-from", `oci:${root}/old:1`);
    const reused = await layersIn("new");
    assert.deepEqual(reused[0], lib);
    assert.notEqual(reused[1]?.digest, app?.digest);
    await build("old");
    assert.deepEqual(await layersIn("old"), reused);
  }));

test("of an index, the image for the same platform is looked at", () =>
  withServed(async (root, served) => {
    const { host, registry } = served ?? assert.fail();
    const sources = await writeSources(root);
    const platforms = ["linux/amd64", "linux/arm64"]
      .flatMap((platform) => ["--platform", platform]);
    const push = (...flags: string[]) =>
      run("push", ...sources, `${host}/app`, ...platforms, ...flags);
    const first = await push("--compression-level", "1");
    takeLines(registry);
    assert.equal(await push(), first);
    assert.ok(takeLines(registry).every((line) => /^(?:GET|HEAD) /.test(line)));
  }));

test("an image that cannot be reused is warned of", () =>
  withTempDir(async (root) => {
    const [lib] = await writeSources(root);
    await writeFile(join(root, "broken.tar"), "no tar");
    const { status, stderr } = await runInProcess([
      ...["build", lib, "-o", `oci:${root}/out:1`, ...PLAIN],
      ...["--reuse-from", `oci:${root}/none:1`],
      ...["--reuse-from", `oci-archive:${root}/none.tar`],
      ...["--reuse-from", `${root}/broken.tar`],
    ]);
    assert.equal(status, 0, stderr);
    const warnings =
      stderr.match(/^scratchbuild: warning: no layer [^\n]*$/gm) ?? [];
    assert.equal(warnings.length, 3, stderr);
    assert.match(warnings.join(), /none: it does not exist/);
    assert.match(warnings.join(), /none\.tar/);
  }));

test("standard input is no place to reuse layers from", () =>
  withTempDir(async (root) => {
    const [lib] = await writeSources(root);
    const { status, stderr } = await runInProcess([
      ...["build", lib, "-o", `oci:${root}/out:1`, "--reuse-from", "-"],
    ]);
    assert.equal(status, 2);
    assert.match(stderr, /Cannot use --reuse-from -: /);
  }));
