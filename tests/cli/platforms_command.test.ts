import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type {
  IndexResult,
  Metadata,
  ResultDocument,
} from "../../src/cli/image_result.ts";
import { fakeRegistry, serve } from "../support/fake_registry.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { layoutContents } from "./layout_contents.ts";
import { runInProcess } from "./run_in_process.ts";

const PLATFORMS = [
  "linux/arm/v7",
  "linux/amd64/v2",
  "linux/arm64/v8",
  "linux/arm/v6",
];

/** The flags that name platforms. */
function platforms(...names: string[]): string[] {
  return names.flatMap((name) => ["--platform", name]);
}

/** Runs the command, which has to succeed. */
async function run(...argv: string[]): Promise<string> {
  const { status, stdout, stderr } = await runInProcess([
    ...argv,
    ...["--xattrs", "off", "--quiet"],
  ]);
  assert.equal(`${status}${stderr}`, "0");
  return stdout;
}

/** Lends a directory with `dist/linux/arm/v7/main` and so on, and `shared`. */
function withDist(use: (root: string) => Promise<void>): Promise<void> {
  return withTempDir(async (root) => {
    await mkdir(join(root, "shared"));
    await writeFile(join(root, "shared/data"), "the same everywhere\n");
    for (const platform of PLATFORMS) {
      const directory = join(root, "dist", platform);
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, "main"), `for ${platform}\n`);
    }
    await use(root);
  });
}

test("several platforms are an image each, and an index of them", () =>
  withDist(async (root) => {
    const build = (out: string, ...names: string[]) =>
      run(
        ...["build", `${root}/dist/{platform}:/app/{arch}`, `${root}/shared`],
        ...["--env", "A=1", "--modes", "git", "-o", `oci:${root}/${out}`],
        ...platforms(...names),
      );
    const stdout = await build("out", ...PLATFORMS);
    const { root: { digest }, index, images } = await layoutContents(
      join(root, "out"),
    );
    assert.equal(stdout, `oci:${root}/out@${digest}\n`);
    assert.deepEqual([...images.keys()], PLATFORMS);
    assert.deepEqual(
      index?.manifests.map(({ platform }) => platform?.variant),
      ["v7", "v2", "v8", "v6"],
    );
    for (const [name, { config, layers, manifest }] of images) {
      const [own, shared] = await layers();
      const [, arch = ""] = name.split("/");
      assert.deepEqual(own?.at(-1), `644 0:0 app/${arch}/main`);
      assert.deepEqual(shared, ["644 0:0 data"]);
      assert.deepEqual(config.config, { Env: ["A=1"] });
      assert.equal(manifest.annotations, undefined);
    }
    // The order is that of the flags, and no image depends on it.
    await build("other", ...PLATFORMS.toReversed());
    const other = await layoutContents(join(root, "other"));
    assert.deepEqual([...other.images.keys()], PLATFORMS.toReversed());
    for (const [name, { digest }] of other.images) {
      assert.equal(images.get(name)?.digest, digest);
    }
    // One alone is the image that it is in the index.
    const alone = await build("alone", "linux/arm/v6");
    assert.equal(
      alone,
      `oci:${root}/alone@${images.get("linux/arm/v6")?.digest}\n`,
    );
    const { index: none } = await layoutContents(join(root, "alone"));
    assert.equal(none, undefined);
  }));

test("what is equal on all platforms is packed and written once", () =>
  withDist(async (root) => {
    const { status, stdout, stderr } = await runInProcess([
      ...["build", `${root}/shared`, `${root}/dist/{platform}`],
      ...["-o", `oci:${root}/out`, "--xattrs", "off"],
      ...platforms("linux/arm/v6", "linux/arm/v7"),
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^oci:[^\n]+@sha256:[0-9a-f]{64}\n$/);
    const lines = stderr.replace(/: .*/g, "").split("\n").sort();
    assert.deepEqual(lines, [
      "",
      "packed /",
      "packed / (linux/arm/v6)",
      "packed / (linux/arm/v7)",
      "wrote /",
      "wrote / (linux/arm/v6)",
      "wrote / (linux/arm/v7)",
    ]);
  }));

test("equal input gives the index that it always gave, on every runtime", () =>
  withDist(async (root) => {
    const names = platforms(...PLATFORMS);
    const common = ["--modes", "git", ...names];
    await run("build", `${root}/shared:/srv`, "-o", `oci:${root}/b`, ...common);
    const stdout = await run(
      ...["build", `${root}/dist/{platform}:/srv`, "--from", `oci:${root}/b`],
      ...["-o", `oci:${root}/out`, "--annotation", "a=1", ...common],
    );
    assert.equal(
      stdout.split("@")[1],
      "sha256:2b9a34b94382ec1971ee497ebcbb701667c9b9dcc68cacf55b1f525eec7520b0\n",
    );
  }));

test("without --platform the templates are of the default platform", () =>
  withDist(async (root) => {
    await mkdir(join(root, "dist/amd64"));
    await writeFile(join(root, "dist/amd64/main"), "main\n");
    const [template, plain] = [
      await run("build", `${root}/dist/{arch}`, "-o", `oci:${root}/a`),
      await run("build", `${root}/dist/amd64`, "-o", `oci:${root}/b`),
    ];
    assert.equal(template.split("@")[1], plain.split("@")[1]);
  }));

test("missing sources are told of at once, and nothing is written", () =>
  withDist(async (root) => {
    const before = await readdir(root);
    const { status, stderr } = await runInProcess([
      ...["build", `${root}/dist/{platform}`, "-o", `oci:${root}/out`],
      ...platforms("linux/s390x", "linux/arm/v7", "linux/riscv64"),
    ]);
    assert.equal(status, 1);
    assert.equal(
      stderr,
      `scratchbuild: Cannot pack ${root}/dist/linux/s390x (linux/s390x), ` +
        `${root}/dist/linux/riscv64 (linux/riscv64): they do not exist; ` +
        "build what is missing, or leave the platform out\n",
    );
    assert.deepEqual(await readdir(root), before);
  }));

test("an interruption ends the work for all platforms", () =>
  withDist(async (root) => {
    const { Interruption } = await import("../../src/cli/context.ts");
    const before = await readdir(root);
    const controller = new AbortController();
    const { status, stdout, stderr } = await runInProcess([
      ...["build", `${root}/dist/{platform}`, "-o", `oci:${root}/out`],
      ...["--xattrs", "off", ...platforms(...PLATFORMS)],
    ], {
      signal: controller.signal,
      onStderr: () => controller.abort(new Interruption("SIGINT")),
    });
    assert.equal(status, 130);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /\nscratchbuild: Cannot finish: interrupted by SIGINT\n$/,
    );
    assert.deepEqual(await readdir(root), before);
  }));

test("a file may name the platforms", () =>
  withDist(async (root) => {
    const names = ["linux/arm/v6", "linux/arm/v7"];
    const config = join(root, "image.json");
    await writeFile(config, JSON.stringify({ platform: names }));
    const build = ["build", `${root}/dist/{platform}`, "-o", `${root}/x.tar`];
    assert.equal(
      await run(...build, "--config", config),
      await run(...build, ...platforms(...names)),
    );
    // Those of the command line are in their place.
    assert.equal(
      await run(...build, "--config", config, ...platforms("linux/arm64/v8")),
      await run(...build, ...platforms("linux/arm64/v8")),
    );
  }));

test("what cannot be packed for one platform ends the build", () =>
  withDist(async (root) => {
    await writeFile(join(root, "dist/linux/arm64/v8/.wh.x"), "");
    const before = await readdir(root);
    const { status, stdout, stderr } = await runInProcess([
      ...["build", `${root}/dist/{platform}`, `${root}/shared`],
      ...["-o", `oci:${root}/out`, "--quiet", ...platforms(...PLATFORMS)],
    ]);
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^scratchbuild: Cannot pack [^\n]*\.wh\.x[^\n]*\n$/);
    assert.deepEqual(await readdir(root), before);
  }));

test("the results of an index name its images", () =>
  withDist(async (root) => {
    const stdout = await run(
      ...["build", `${root}/dist/{platform}`, `${root}/shared`, "--json"],
      ...["-o", `oci:${root}/out:1`, "--metadata-file", `${root}/meta.json`],
      ...platforms("linux/arm/v7", "linux/arm/v6"),
    );
    const { root: { digest, mediaType, size }, images } = await layoutContents(
      join(root, "out"),
    );
    const document = JSON.parse(stdout) as ResultDocument;
    const [result = assert.fail()] = document.images as IndexResult[];
    assert.equal(document.version, 1);
    assert.deepEqual(Object.keys(result), [
      ...["name", "digest", "mediaType", "size", "manifests", "tags"],
    ]);
    assert.equal(result.digest, digest);
    assert.equal(result.mediaType, mediaType);
    assert.deepEqual(result.tags, ["1"]);
    const blobs = new Map<string, number>();
    for (const [index, [platform, image]] of [...images].entries()) {
      const { config, layers } = image.manifest;
      const found: IndexResult["manifests"][number] | undefined =
        result.manifests[index];
      assert.equal(found?.platform, platform);
      assert.equal(found?.digest, image.digest);
      assert.equal(found?.configDigest, config.digest);
      assert.deepEqual(
        found?.layers.map(({ digest }) => digest),
        layers.map(({ digest }) => digest),
      );
      for (const { digest, size } of [config, ...layers]) {
        blobs.set(digest, size);
      }
      const documents = (found?.size ?? 0) -
        [config, ...layers].reduce((sum, { size }) => sum + size, 0);
      blobs.set(image.digest, documents);
    }
    assert.equal(
      result.size,
      [...blobs.values()].reduce((sum, size) => sum + size, size),
    );
    const metadata: Metadata = JSON.parse(
      await readFile(join(root, "meta.json"), "utf8"),
    );
    assert.deepEqual(metadata, {
      "containerimage.digest": digest,
      "containerimage.descriptor": { mediaType, digest, size },
      "image.name": `oci:${root}/out:1`,
    });
  }));

test("a registry gets the index last, and the images by their digests", () =>
  withDist(async (root) => {
    const registry = fakeRegistry();
    const { host, close } = await serve(registry);
    try {
      const push = [
        ...["push", `${root}/dist/{platform}`, `${root}/shared`],
        ...platforms("linux/arm/v7", "linux/arm64/v8"),
      ];
      const stdout = await run(...push, `${host}/app:1`, "--tag", "2");
      const digest = registry.tags.get("app:1") ?? "";
      assert.equal(stdout, `${host}/app@${digest}\n`);
      assert.equal(registry.tags.get("app:2"), digest);
      assert.equal(registry.tags.size, 2);
      const puts = registry.requests.flatMap(({ method, url }) =>
        method === "PUT" && url.pathname.includes("/manifests/")
          ? [url.pathname.replace(/.*\//, "")]
          : []
      );
      const { bytes } = registry.manifests.get(`app@${digest}`) ??
        assert.fail();
      const { manifests } = JSON.parse(new TextDecoder().decode(bytes));
      assert.equal(manifests.length, 2);
      const children = manifests.map(({ digest }: { digest: string }) =>
        digest
      );
      assert.deepEqual(new Set(puts.slice(0, 2)), new Set(children));
      assert.deepEqual(puts.slice(2).sort(), ["1", "2"]);

      const again = await runInProcess([...push, `${host}/app:1`]);
      assert.match(again.stderr, /\npresent images: \d[^\n]*\n$/);

      // A digest in the reference is that of the index.
      await run(...push, `${host}/app@${digest}`);
      const wrong = await runInProcess([
        ...[...push, `${host}/app@${children[0]}`, "--quiet"],
      ]);
      assert.equal(wrong.status, 1);
      assert.match(wrong.stderr, /the digest of the image is sha256:/);
    } finally {
      await close();
    }
  }));

test("annotations are those of the index and of every image", () =>
  withDist(async (root) => {
    const build = (out: string, ...flags: string[]) =>
      run(
        ...["build", `${root}/shared`, "-o", `oci:${root}/${out}`, ...flags],
        ...platforms("linux/amd64", "linux/arm64"),
      );
    await build("out", "--annotation", "a=1");
    const { index, images } = await layoutContents(join(root, "out"));
    assert.deepEqual(index?.annotations, { a: "1" });
    for (const { manifest } of images.values()) {
      assert.deepEqual(manifest.annotations, { a: "1" });
    }
    await build("docker", "--format", "docker");
    const docker = await layoutContents(join(root, "docker"));
    assert.equal(
      docker.index?.mediaType,
      "application/vnd.docker.distribution.manifest.list.v2+json",
    );
  }));

test("of a base with several platforms each image takes its own (req-033)", () =>
  withDist(async (root) => {
    await run(
      ...["build", `${root}/dist/{platform}:/base`, "-o", `oci:${root}/base`],
      ...platforms("linux/arm/v6", "linux/amd64/v2", "linux/arm64"),
    );
    const base = await layoutContents(join(root, "base"));
    const build = (...names: string[]) => [
      ...["build", `${root}/shared`, "--from", `oci:${root}/base`],
      ...["-o", `oci:${root}/out`, ...platforms(...names)],
    ];
    await run(...build("linux/arm/v7", "linux/arm64/v8", "linux/amd64/v3"));
    const { images } = await layoutContents(join(root, "out"));
    const takes: [platform: string, base: string][] = [
      ["linux/arm/v7", "linux/arm/v6"],
      ["linux/arm64/v8", "linux/arm64"],
      ["linux/amd64/v3", "linux/amd64/v2"],
    ];
    assert.deepEqual([...images.keys()], takes.map(([platform]) => platform));
    for (const [platform, name] of takes) {
      const { manifest } = images.get(platform) ?? assert.fail();
      const below = base.images.get(name) ?? assert.fail();
      assert.equal(
        manifest.annotations?.["org.opencontainers.image.base.digest"],
        below.digest,
      );
      assert.deepEqual(
        manifest.layers.slice(0, -1),
        below.manifest.layers,
      );
    }
    const missing = await runInProcess(build("linux/arm64", "linux/s390x"));
    assert.equal(missing.status, 1);
    assert.match(
      missing.stderr,
      /none for linux\/s390x; there are linux\/arm\/v6, linux\/amd64\/v2, linux\/arm64\n$/,
    );
  }));

test("a layer is shared where what lies below it is the same, and else not", () =>
  withDist(async (root) => {
    for (const arch of ["arm64", "amd64", "riscv64"]) {
      await mkdir(join(root, `base/${arch}/etc`), { recursive: true });
      await writeFile(join(root, `base/${arch}/etc/arch`), arch);
      const mode = arch === "riscv64" ? 0o700 : 0o755;
      await chmod(join(root, `base/${arch}/etc`), mode);
    }
    const names = ["linux/amd64", "linux/arm64", "linux/riscv64"];
    await run(
      ...["build", `${root}/base/{arch}`, "-o", `oci:${root}/below`],
      ...platforms(...names),
    );
    await run(
      ...["build", `${root}/shared:/etc`, "--from", `oci:${root}/below`],
      ...["-o", `oci:${root}/out`, ...platforms(...names)],
    );
    const { images } = await layoutContents(join(root, "out"));
    const found = await Promise.all(names.map(async (name) => {
      const { manifest, layers } = images.get(name) ?? assert.fail();
      const [, top] = await layers();
      return { digest: manifest.layers[1]?.digest, etc: top?.[0] };
    }));
    const [amd64, arm64, riscv64] = found;
    assert.equal(amd64?.etc, "755 0:0 etc/");
    assert.deepEqual(arm64, amd64);
    assert.equal(riscv64?.etc, "700 0:0 etc/");
    assert.notEqual(riscv64?.digest, amd64?.digest);
  }));
