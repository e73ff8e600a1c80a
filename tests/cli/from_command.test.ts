import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Manifest } from "../../src/spec/manifest.ts";
import {
  type FakeRegistry,
  fakeRegistry,
  serve,
} from "../support/fake_registry.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { layoutContents } from "./layout_contents.ts";
import { runInProcess } from "./run_in_process.ts";

const PLAIN = ["--xattrs", "off", "--quiet"];

/** Runs the command, which has to succeed. */
async function run(...argv: string[]): Promise<string> {
  const { status, stdout, stderr } = await runInProcess(argv);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Lends a directory with a base in `oci:base:1`, and `src` to build on it. */
function withBase(use: (root: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    for (const path of ["one/etc", "lib", "src/etc"]) {
      await mkdir(join(root, path), { recursive: true });
    }
    await writeFile(join(root, "one/etc/passwd"), "root:x:0:0\n");
    await chmod(join(root, "one/etc"), 0o750);
    await writeFile(join(root, "lib/a"), "a".repeat(100_000));
    await writeFile(join(root, "src/etc/app"), "app\n");
    await writeFile(join(root, "src/main"), "main\n");
    await run(
      "build",
      ...[
        `${root}/one`,
        `${root}/lib:/usr/lib`,
        "-o",
        `oci:${root}/base:1`,
      ],
      ...["--env", "PATH=/bin", "--env", "MODE=base", "--label", "a=base"],
      ...["--entrypoint", "/bin/sh", "--cmd", "-l", "--user", "5"],
      ...["--author", "base", "--platform", "linux/arm64/v8"],
      ...["--created", "2020-01-01T00:00:00Z", ...PLAIN],
    );
    await use(root);
  });
}

test("an image on a base has its layers, its history and its settings", () =>
  withBase(async (root) => {
    const { status, stdout, stderr } = await runInProcess([
      ...["build", `${root}/src`, "--from", `oci:${root}/base:1`],
      ...["--env", "MODE=app", "--env", "MORE=1", "--label", "b=app"],
      ...["--entrypoint", "/main", "--expose", "80", "--xattrs", "off"],
      ...["-o", `oci:${root}/out`],
    ]);
    assert.equal(status, 0, stderr);
    const below = await layoutContents(join(root, "base"));
    const { root: { digest }, images } = await layoutContents(
      join(root, "out"),
    );
    assert.equal(stdout, `oci:${root}/out@${digest}\n`);
    const base = below.images.get("linux/arm64/v8") ?? assert.fail();
    const image = images.get("linux/arm64/v8") ?? assert.fail();
    assert.deepEqual(image.manifest.annotations, {
      "org.opencontainers.image.base.digest": base.digest,
    });
    assert.deepEqual(
      image.manifest.layers.slice(0, 2),
      base.manifest.layers,
    );
    assert.deepEqual(image.config.config, {
      Env: ["PATH=/bin", "MODE=app", "MORE=1"],
      Labels: { a: "base", b: "app" },
      Entrypoint: ["/main"],
      User: "5",
      ExposedPorts: { "80/tcp": {} },
    });
    assert.equal(image.config.author, "base");
    assert.equal(image.config.created, "1970-01-01T00:00:00Z");
    assert.deepEqual(image.config.history, [
      ...base.config.history ?? [],
      {
        created: "1970-01-01T00:00:00Z",
        created_by: "scratchbuild: files in /",
      },
    ]);
    // The directory of the base stays what it is there.
    const [, , top] = await image.layers();
    assert.ok(top?.includes("750 0:0 etc/"), `${top}`);
    assert.match(
      stderr,
      /^packed \/: [^\n]+\nwrote base 1\/2: [^\n]+\nwrote base 2\/2: [^\n]+\nwrote \/: [^\n]+\n$/,
    );
  }));

test("a base with other settings is an image, without any layer of its own", () =>
  withBase(async (root) => {
    const from = ["--from", `oci:${root}/base:1`, ...PLAIN];
    await run("build", ...from, "--user", "7", "-o", `oci:${root}/out`);
    const base = await layoutContents(join(root, "base"));
    const { images } = await layoutContents(join(root, "out"));
    const [image] = images.values();
    const [below] = base.images.values();
    assert.equal(image?.config.config?.User, "7");
    assert.deepEqual(image?.config.config?.Cmd, ["-l"]);
    assert.deepEqual(image?.manifest.layers, below?.manifest.layers);
  }));

test("--from scratch is no base, also where a file names one", () =>
  withBase(async (root) => {
    const config = join(root, "image.json");
    await writeFile(config, JSON.stringify({ from: `oci:${root}/base:1` }));
    const build = (...flags: string[]) =>
      run("build", `${root}/src`, ...PLAIN, "-o", `${root}/x.tar`, ...flags);
    const plain = await build();
    assert.equal(await build("--from", "scratch"), plain);
    assert.notEqual(await build("--config", config), plain);
    assert.equal(await build("--config", config, "--from", "scratch"), plain);
  }));

test("a layout may hold the base and what is built on it", () =>
  withBase(async (root) => {
    const layout = join(root, "base");
    await run(
      ...["build", `${root}/src:/app`, "--from", `oci:${layout}:1`],
      ...["-o", `oci:${layout}:2`, ...PLAIN],
    );
    const [base] = (await layoutContents(layout, "1")).images.values();
    const [image] = (await layoutContents(layout, "2")).images.values();
    assert.equal(base?.manifest.layers.length, 2);
    assert.equal(image?.manifest.layers.length, 3);
  }));

test("an image is never written over its base", () =>
  withBase(async (root) => {
    const file = join(root, "base.tar");
    await run("build", `${root}/src`, "-o", file, ...PLAIN);
    const before = await readFile(file);
    for (
      const flags of [
        ["-o", `oci-archive:${file}`],
        ["-o", `oci:${root}/out`, "--metadata-file", file],
      ]
    ) {
      const { status, stderr } = await runInProcess(
        ["build", `${root}/one`, "--from", file, ...flags],
      );
      assert.equal(status, 2, stderr);
      assert.match(stderr, /base\.tar: it goes into the image itself/);
    }
    assert.deepEqual(await readFile(file), before);
  }));

test("what of a base does not go with the flags is told before the packing", () =>
  withBase(async (root) => {
    const from = ["--from", `oci:${root}/base:1`];
    const cases: [flags: string[], stderr: RegExp][] = [
      [
        [...from, "--platform", "linux/amd64"],
        /it is for linux\/arm64\/v8 and not for linux\/amd64/,
      ],
      [[...from, "--workdir", "C:/app"], /an image for linux has no drives/],
      [["--from", `oci:${root}/base:2`], /^scratchbuild: Cannot /],
      [["--from", `oci:${root}/none`], /none/],
      [["--from", `${root}/none.tar`], /none\.tar/],
    ];
    for (const [flags, expected] of cases) {
      const { status, stdout, stderr } = await runInProcess(
        ["build", `${root}/src`, "-o", `oci:${root}/out`, ...flags],
      );
      assert.notEqual(status, 0);
      assert.equal(stdout, "");
      assert.match(stderr, /^scratchbuild: Cannot [^\n]*\n$/);
      assert.match(stderr, expected);
    }
  }));

test("a base in the same registry is mounted, and asked for once when it is there", () =>
  withBase(async (root) => {
    const registry = fakeRegistry();
    const { host, close } = await serve(registry);
    try {
      await run(
        "build",
        "--from",
        `oci:${root}/base:1`,
        ...PLAIN,
        "-o",
        `${host}/base:1`,
      );
      const sent = registry.bytesReceived;
      registry.requests.length = 0;
      const push = ["push", `${root}/src:/app`, `${host}/app:1`, ...PLAIN];
      const from = ["--from", `${host}/base:1`];
      const first = await runInProcess([
        ...["push", `${root}/src:/app`, `${host}/app:1`, ...from],
        ...["--xattrs", "off"],
      ]);
      assert.match(
        first.stderr,
        /\nmounted base 1\/2: [^\n]+, from the same registry\n/,
      );
      const mounts = registry.requests.filter(({ url }) =>
        url.searchParams.get("from") === "base"
      );
      assert.equal(mounts.length, 2);
      // Layer and configuration of its own.
      assert.ok(registry.bytesReceived - sent < 3000);

      registry.requests.length = 0;
      const tagged = await run(...push, ...from, "--env", "A=1");
      assert.notEqual(tagged, first.stdout);
      const heads = registry.requests.filter(({ method, url }) =>
        method === "HEAD" && url.pathname.startsWith("/v2/app/blobs/")
      );
      assert.equal(heads.length, 4);
      assert.equal(new Set(heads.map(({ line }) => line)).size, 4);
      const tagOf = registry.tags.get("app:1") ?? "";
      const { bytes } = registry.manifests.get(`app@${tagOf}`) ??
        assert.fail();
      const { annotations } = JSON.parse(new TextDecoder().decode(bytes));
      assert.deepEqual(annotations, {
        "org.opencontainers.image.base.digest": registry.tags.get("base:1"),
        "org.opencontainers.image.base.name": `${host}/base:1`,
      });
    } finally {
      await close();
    }
  }));

test("the password for one registry is not shown to that of the base", () =>
  withBase(async (root) => {
    const account = { username: "me", password: "secret" };
    const theirs = fakeRegistry();
    const mine = fakeRegistry({ auth: { scheme: "basic", ...account } });
    const [from, to] = [await serve(theirs), await serve(mine)];
    try {
      await run(
        "build",
        "--from",
        `oci:${root}/base:1`,
        ...PLAIN,
        "-o",
        `${from.host}/base`,
      );
      theirs.requests.length = 0;
      await run(
        ...["push", `${root}/src`, `${to.host}/app`, ...PLAIN],
        ...["--from", `${from.host}/base`],
        ...["--username", "me", "--password", "secret"],
      );
      assert.ok(theirs.requests.length > 0);
      for (const { headers } of theirs.requests) {
        assert.equal(headers.get("authorization"), null);
      }
      // Streamed from the one to the other.
      const digest = mine.tags.get("app:latest") ?? "";
      const manifest = mine.manifests.get(`app@${digest}`) ?? assert.fail();
      const { layers } = JSON.parse(new TextDecoder().decode(manifest.bytes));
      assert.equal(layers.length, 3);
      for (const { digest } of layers) {
        assert.ok(mine.blobs.has(`app@${digest}`));
      }
    } finally {
      await from.close();
      await to.close();
    }
  }));

test("a password is for the registry of the base where the image goes to none", () =>
  withBase(async (root) => {
    const account = { username: "me", password: "secret" };
    const registry = fakeRegistry({ auth: { scheme: "basic", ...account } });
    const { host, close } = await serve(registry);
    try {
      const flags = ["--username", "me", "--password-stdin", ...PLAIN];
      const options = { stdin: "secret\n" };
      const base = await runInProcess(
        ["build", "--from", `oci:${root}/base:1`, "-o", `${host}/b`, ...flags],
        options,
      );
      assert.equal(base.status, 0, base.stderr);
      const image = await runInProcess(
        ["build", "--from", `${host}/b`, "-o", `oci:${root}/o`, ...flags],
        options,
      );
      assert.equal(image.status, 0, image.stderr);
    } finally {
      await close();
    }
  }));

test("layers that may not be distributed stay where they are, unless told", () =>
  withBase(async (root) => {
    const registry = fakeRegistry();
    const { host, close } = await serve(registry);
    try {
      const base = ["--from", `oci:${root}/base:1`, ...PLAIN];
      await run("build", ...base, "-o", `${host}/base:1`);
      const foreign = makeForeign(registry, host);
      const build = (out: string, ...flags: string[]) =>
        runInProcess([
          ...["build", "--from", `${host}/base:1`, "-o", `oci:${root}/${out}`],
          ...[
            `${root}/src`,
            "--xattrs",
            "off",
            "--progress",
            "plain",
            ...flags,
          ],
        ]);
      const { status, stderr } = await build("out");
      assert.equal(status, 0, stderr);
      assert.equal(
        stderr.match(/^scratchbuild: warning: /gm)?.length,
        1,
        stderr,
      );
      const [image] = (await layoutContents(join(root, "out"))).images.values();
      const [descriptor] = image?.manifest.layers ?? [];
      assert.deepEqual(descriptor, foreign);
      const file = ["blobs", ...foreign.digest.split(":")];
      await assert.rejects(readFile(join(root, "out", ...file)));

      const whole = await build("whole", "--foreign-layers");
      assert.equal(whole.status, 0, whole.stderr);
      assert.ok(!whole.stderr.includes("warning"), whole.stderr);
      const bytes = await readFile(join(root, "whole", ...file));
      assert.equal(bytes.byteLength, foreign.size);
    } finally {
      await close();
    }
  }));

/** Has the first layer of `base:1` be one that lies elsewhere. */
function makeForeign(registry: FakeRegistry, host: string): Descriptor {
  const { manifests, tags, blobs } = registry;
  const read = manifests.get(`base@${tags.get("base:1")}`) ?? assert.fail();
  const manifest: Manifest = JSON.parse(new TextDecoder().decode(read.bytes));
  const [layer = assert.fail(), ...others] = manifest.layers;
  const foreign = {
    ...layer,
    mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    urls: [`http://${host}/v2/store/blobs/${layer.digest}`],
  };
  const text = JSON.stringify({ ...manifest, layers: [foreign, ...others] });
  const bytes = new TextEncoder().encode(text);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  manifests.set(`base@${digest}`, { ...read, bytes });
  tags.set("base:1", digest);
  blobs.set(
    `store@${layer.digest}`,
    blobs.get(`base@${layer.digest}`) ?? assert.fail(),
  );
  blobs.delete(`base@${layer.digest}`);
  return foreign;
}
