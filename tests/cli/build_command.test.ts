import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type {
  ImageResult,
  Metadata,
  ResultDocument,
} from "../../src/cli/image_result.ts";
import type { Image } from "../../src/spec/image.ts";
import type { Index, Manifest } from "../../src/spec/manifest.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { runInProcess } from "./run_in_process.ts";

/** Lends a directory that holds the directories `a` and `b`. */
function withSources(use: (root: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    for (const name of ["a", "b"]) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, "file"), `content of ${name}\n`);
    }
    await use(root);
  });
}

async function readJson<T>(...path: string[]): Promise<T> {
  return JSON.parse(await readFile(join(...path), "utf8")) as T;
}

/** The documents of the one image in a layout. */
async function readLayout(
  layout: string,
): Promise<{ index: Index; manifest: Manifest; config: Image }> {
  const index = await readJson<Index>(layout, "index.json");
  const blob = <T>(digest = "") =>
    readJson<T>(layout, "blobs", ...digest.split(":"));
  const manifest = await blob<Manifest>(index.manifests[0]?.digest);
  return { index, manifest, config: await blob<Image>(manifest.config.digest) };
}

test("a directory becomes an image, and its digest the result", () =>
  withSources(async (root) => {
    const layout = join(root, "out");
    const { status, stdout, stderr } = await runInProcess([
      "build",
      `${root}/a:/app`,
      ...["--xattrs", "off", "-o", `oci:${layout}:1.0`],
    ]);
    const { index, config } = await readLayout(layout);
    assert.equal(status, 0);
    assert.equal(stdout, `oci:${layout}@${index.manifests[0]?.digest}\n`);
    assert.match(
      stderr,
      /^packed \/app: 2\.6 kB, \d+ B compressed\nwrote \/app: \d+ B\n$/,
    );
    assert.deepEqual(index.manifests[0]?.annotations, {
      "org.opencontainers.image.ref.name": "1.0",
    });
    assert.deepEqual(config.history, [{
      created: "1970-01-01T00:00:00Z",
      created_by: "scratchbuild: files in /app",
    }]);
  }));

test("the digest does not depend on where the directory is", () =>
  withSources(async (root) => {
    const copy = join(root, "somewhere else");
    await mkdir(copy);
    await writeFile(join(copy, "file"), "content of a\n");
    const digests = [];
    for (const source of [join(root, "a"), copy, `${copy}:/`]) {
      const out = join(root, `out-${digests.length}`);
      const argv = ["build", source, "-o", `oci:${out}`];
      const { stdout } = await runInProcess(argv);
      digests.push(stdout.split("@")[1]);
    }
    assert.equal(new Set(digests).size, 1);
  }));

test("every flag gets into the image", () =>
  withSources(async (root) => {
    const layout = join(root, "out");
    const { status, stderr } = await runInProcess([
      "build",
      ...["--entrypoint", '["/app/main", "-v"]', "--cmd", "--port=80 'a b'"],
      ...["--env", "A=1", "--env=B=x\ny", "--env", "A=2"],
      ...["--label", "l=1", "--annotation", "n=1", "--user", "1000:1000"],
      ...["--workdir", "/app", "--expose", "80", "--expose=53/udp"],
      ...["--volume", "/data", "--stop-signal", "SIGINT"],
      ...["--created", "2026-01-31T12:00:00Z", "--platform", "linux/arm/v7"],
      ...["--owner", "1:2", "--mtime", "5", "--compression", "none"],
      ...["--quiet", "-o", `oci:${layout}`, "--", `${root}/a:/app`],
      `${root}/b:/data`,
    ]);
    assert.equal(`${status}${stderr}`, "0");
    const { manifest, config } = await readLayout(layout);
    assert.deepEqual(config.config, {
      Entrypoint: ["/app/main", "-v"],
      Cmd: ["--port=80", "a b"],
      Env: ["A=2", "B=x\ny"],
      Labels: { l: "1" },
      User: "1000:1000",
      WorkingDir: "/app",
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Volumes: { "/data": {} },
      StopSignal: "SIGINT",
    });
    assert.equal(config.created, "2026-01-31T12:00:00Z");
    assert.equal(config.architecture, "arm");
    assert.equal(config.variant, "v7");
    assert.deepEqual(manifest.annotations, { n: "1" });
    assert.deepEqual(
      manifest.layers.map(({ digest }) => digest),
      config.rootfs.diff_ids,
    );
    const [layer] = manifest.layers;
    const path = layer?.digest.split(":") ?? [];
    const tar = await readFile(join(layout, "blobs", ...path));
    const field = (offset: number, length: number) =>
      parseInt(tar.toString("latin1", offset, offset + length), 8);
    assert.deepEqual([field(108, 8), field(116, 8), field(136, 12)], [1, 2, 5]);
  }));

test("SOURCE_DATE_EPOCH stands in for --created and --mtime", () =>
  withSources(async (root) => {
    const run = (out: string, flags: string[], env: Record<string, string>) =>
      runInProcess(
        ["build", `${root}/a`, "-o", `oci:${root}/${out}`, ...flags],
        { env },
      );
    const byEnv = await run("x", [], { SOURCE_DATE_EPOCH: "1700000000" });
    const flags = ["--created", "1700000000", "--mtime", "1700000000"];
    const byFlags = await run("y", flags, {});
    assert.equal(byEnv.stdout.split("@")[1], byFlags.stdout.split("@")[1]);
    const { config } = await readLayout(join(root, "x"));
    assert.equal(config.created, "2023-11-14T22:13:20Z");
  }));

test("one build goes to every destination", () =>
  withSources(async (root) => {
    const { status, stdout, stderr } = await runInProcess([
      "build",
      `${root}/a`,
      ...["-o", `oci:${root}/x`, "-o", `${root}/y.tar`, "--tag", "t"],
      `--output=docker-archive:${root}/z.tar:me/app:1`,
    ]);
    assert.equal(status, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => line.split("@")[0]), [
      `oci:${root}/x`,
      `${root}/y.tar`,
      `docker-archive:${root}/z.tar`,
    ]);
    assert.equal(new Set(lines.map((line) => line.split("@")[1])).size, 1);
    assert.equal(stderr.match(/^packed/gm)?.length, 1);
    assert.ok(stderr.includes(`\nwrote / to ${root}/y.tar: `), stderr);
  }));

test("--json prints one document, --metadata-file writes another", () =>
  withSources(async (root) => {
    const { stdout, status } = await runInProcess([
      "build",
      `${root}/a`,
      `${root}/b:/b`,
      ...["-o", `oci:${root}/x:1`, "-o", `${root}/y.tar`, "--tag", "2"],
      ...["--json", "--metadata-file", `${root}/metadata.json`],
    ]);
    assert.equal(status, 0);
    const { manifest, index } = await readLayout(join(root, "x"));
    const digest = index.manifests[0]?.digest;
    const document = JSON.parse(stdout) as ResultDocument;
    assert.equal(document.version, 1);
    const images = document.images as ImageResult[];
    const sizes = [
      index.manifests[0],
      manifest.config,
      ...manifest.layers,
    ].map((descriptor) => descriptor?.size ?? NaN);
    const common = {
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      size: sizes.reduce((sum, size) => sum + size),
      configDigest: manifest.config.digest,
      layers: images[0]?.layers,
    };
    assert.deepEqual(images, [
      { name: `oci:${root}/x`, ...common, tags: ["1", "2"] },
      { name: `${root}/y.tar`, ...common, tags: ["2"] },
    ]);
    assert.deepEqual(
      images[0]?.layers.map(({ digest, size }) => ({ digest, size })),
      manifest.layers.map(({ digest, size }) => ({ digest, size })),
    );
    const metadata = await readJson<Metadata>(root, "metadata.json");
    assert.deepEqual(metadata, {
      "containerimage.digest": digest,
      "containerimage.config.digest": manifest.config.digest,
      "containerimage.descriptor": {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest,
        size: sizes[0],
        platform: { architecture: "amd64", os: "linux" },
      },
      "image.name": `oci:${root}/x:1,oci:${root}/x:2,${root}/y.tar:2`,
    });
  }));

test("a build that fails leaves everything as it was", () =>
  withSources(async (root) => {
    const file = join(root, "out.tar");
    await writeFile(file, "precious");
    await mkdir(join(root, "empty"));
    const before = await readdir(root);
    const cases: [argv: string[], stderr: RegExp][] = [
      [
        [`${root}/missing`],
        /Cannot pack .*missing: it does not exist; check the path\n$/,
      ],
      [[`${root}/empty`], /Cannot pack .*empty: the directory is empty;/],
      [
        [`${root}/a`, "-o", `${root}/none/x.tar`],
        /none does not exist; create/,
      ],
      [[`${root}/a`, "-o", `oci-archive:${root}/b`], /it is a directory; name/],
      [[`${root}/a`, "--metadata-file", `${root}/none/x`], /does not exist/],
    ];
    for (const [argv, expected] of cases) {
      const { status, stdout, stderr } = await runInProcess(
        ["build", "-o", file, ...argv],
      );
      assert.equal(status, 1, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /^scratchbuild: Cannot [^\n]*\n$/);
      assert.match(stderr, expected);
      assert.equal(await readFile(file, "utf8"), "precious");
      assert.deepEqual(await readdir(root), before);
    }
  }));

test("an interrupted build ends with the status of the signal", () =>
  withSources(async (root) => {
    const { Interruption } = await import("../../src/cli/context.ts");
    const before = await readdir(root);
    for (
      const [name, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const
    ) {
      const controller = new AbortController();
      const { status, stdout, stderr } = await runInProcess(
        ["build", `${root}/a`, "-o", `oci:${root}/x`],
        {
          signal: controller.signal,
          onStderr: () => controller.abort(new Interruption(name)),
        },
      );
      assert.equal(status, expected);
      assert.equal(stdout, "");
      assert.match(
        stderr,
        new RegExp(`\nscratchbuild: Cannot finish: interrupted by ${name}\n$`),
      );
      assert.deepEqual(await readdir(root), before);
    }
  }));
