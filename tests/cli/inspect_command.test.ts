import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaTypes } from "../../src/spec/media_types.ts";
import {
  type FakeRegistry,
  fakeRegistry,
  serve,
} from "../support/fake_registry.ts";
import { FilledRepository } from "../support/filled_repository.ts";
import { runCli } from "../support/run_cli.ts";
import { type InProcessOptions, runInProcess } from "./run_in_process.ts";

const file = (path: string, size: number) => ({
  type: "file" as const,
  path,
  body: new Blob([new Uint8Array(size)]),
});

const history = [
  { created_by: "/bin/sh -c #(nop) ADD file:8b1e in / " },
  { created_by: "COPY dist /app # buildkit" },
];
const layers = [[file("a", 10), file("b", 20), file("c", 5)], [file("d", 1)]];

/** Lends a registry and a repository in it, by its reference. */
async function withRepository(
  use: (
    repository: FilledRepository,
    name: string,
    fake: FakeRegistry,
  ) => Promise<void>,
): Promise<void> {
  const fake = fakeRegistry();
  const served = await serve(fake);
  try {
    const repository = new FilledRepository(fake, "me/app");
    await use(repository, `${served.host}/me/app`, fake);
  } finally {
    await served.close();
  }
}

/** Runs the command, which has to succeed without a word beside its output. */
async function inspect(
  args: readonly string[],
  options: InProcessOptions = {},
): Promise<string> {
  const { status, stdout, stderr } = await runInProcess(
    ["inspect", ...args],
    options,
  );
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  return stdout;
}

test("inspect shows an image, and reads layers that are small", () =>
  withRepository(async (repository, name) => {
    const config = { history };
    const { digest } = await repository.image({ layers, config, tag: "1" });
    const stdout = await inspect([`${name}:1`]);
    const lines = stdout.split("\n");
    assert.deepEqual(lines.slice(0, 3), [
      `name    ${name}:1`,
      `digest  ${digest}`,
      "type    OCI image for linux/amd64",
    ]);
    assert.match(
      stdout,
      /^size .* compressed, 6\.1 kB unpacked, in 2 layers$/m,
    );
    assert.match(stdout, /^ {2}1 {2}ADD file:8b1e in \/$/m);
    assert.match(
      stdout,
      /^ {2}2 {2}COPY dist \/app\n {5}\[=+ *\] .* unpacked /m,
    );
    assert.doesNotMatch(stdout, /entries|entry/);
  }));

test("inspect --layers lists the biggest files of each layer", () =>
  withRepository(async (repository, name) => {
    await repository.image({ layers, tag: "1" });
    const stdout = await inspect([`${name}:1`, "--layers", "--top", "2"]);
    assert.match(
      stdout,
      /3 entries\n {7}\[=+\] {6}20 B {2}\/b\n {7}\[=+ +\] {6}10 B {2}\/a\n/,
    );
    assert.doesNotMatch(stdout, /\/c$/m);
    assert.match(stdout, /1 entry\n {7}\[=+\] {7}1 B {2}\/d\n/);
  }));

test("layers of a registry that are big are read only when asked for", () =>
  withRepository(async (repository, name, fake) => {
    const layer = await repository.blob(mediaTypes.oci.layerGzip, "");
    const config = await repository.blob(mediaTypes.oci.config, {
      os: "linux",
      architecture: "amd64",
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    });
    const size = 33 * 1024 * 1024;
    await repository.manifest(mediaTypes.oci.manifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.oci.manifest,
      config,
      layers: [{ ...layer, size }],
    }, "1");
    const stdout = await inspect([`${name}:1`]);
    assert.match(stdout, /^ +unpacked size: not read; --layers reads the/m);
    assert.ok(!fake.lines().some((line) => line.includes(layer.digest)));
    const asked = await runInProcess(["inspect", `${name}:1`, "--layers"]);
    assert.notEqual(asked.status, 0);
    assert.match(asked.stdout, /not read/);
    assert.ok(fake.lines().some((line) => line.includes(layer.digest)));
  }));

test("inspect --raw and --config print the bytes as they are", () =>
  withRepository(async (repository, name) => {
    const image = await repository.image({ layers: [] });
    const raw = `{"schemaVersion": 2,\n "manifests": [${
      JSON.stringify({
        ...image,
        platform: { os: "linux", architecture: "arm64" },
      })
    }],  "annotations": {"a": "\u00fc\\u00fc\u202e"}}`;
    await repository.manifest(mediaTypes.oci.index, raw, "all");
    assert.equal(await inspect([`${name}:all`, "--raw"]), raw);
    const one = [`${name}:all`, "--platform", "linux/arm64"];
    const manifest = await inspect([...one, "--raw"]);
    assert.equal(new TextEncoder().encode(manifest).byteLength, image.size);
    const { config } = JSON.parse(manifest);
    for (const args of [one, [`${name}:all`]]) {
      const text = await inspect([...args, "--config"]);
      assert.equal(text.length, config.size);
      assert.equal(JSON.parse(text).architecture, "amd64");
    }
  }));

test("a configuration that is no text is printed byte for byte", () =>
  withRepository(async (repository, name) => {
    const bytes = Uint8Array.of(0xff, 0x41, 0x0a);
    const config = await repository.blob("application/octet-stream", bytes);
    await repository.manifest(mediaTypes.oci.manifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.oci.manifest,
      config,
      layers: [],
    }, "1");
    const { code, stdout } = await runCli(["inspect", `${name}:1`, "--config"]);
    assert.equal(code, 0);
    assert.equal(stdout, "\ufffdA\n");
  }));

test("inspect --json is one document, and reads layers only with --layers", () =>
  withRepository(async (repository, name, fake) => {
    await repository.image({ layers, config: { history }, tag: "1" });
    const plain = JSON.parse(await inspect([`${name}:1`, "--json"]));
    assert.equal(plain.version, 1);
    assert.equal(plain.reference, `${name}:1`);
    assert.equal(plain.image.layers[1].createdBy, "COPY dist /app # buildkit");
    assert.equal(plain.image.unpackedSize, undefined);
    const [first] = plain.image.layers;
    assert.ok(!fake.lines().some((line) => line.includes(first.digest)));
    const args = [`${name}:1`, "--json", "--layers"];
    const read = JSON.parse(await inspect(args));
    assert.equal(read.image.unpackedSize, 6144);
    assert.equal(read.image.layers[0].contents.biggest[0].path, "b");
  }));

test("inspect shows the platforms, and the image that was asked for", () =>
  withRepository(async (repository, name, fake) => {
    const amd64 = await repository.image({ layers });
    const arm64 = await repository.image({
      layers,
      config: { architecture: "arm64" },
    });
    await repository.index([
      { ...amd64, platform: { os: "linux", architecture: "amd64" } },
      { ...arm64, platform: { os: "linux", architecture: "arm64" } },
    ], { tag: "1" });
    const args = [`${name}:1`, "--platform", "linux/arm64"];
    const stdout = await inspect(args);
    assert.ok(stdout.includes(`  linux/amd64  ${amd64.digest}\n`), stdout);
    assert.ok(stdout.includes(`* linux/arm64  ${arm64.digest}\n`), stdout);
    assert.match(stdout, /^image {3}linux\/arm64$/m);
    assert.ok(!fake.lines().some((line) => line.includes(amd64.digest)));
    assert.match(
      await inspect([...args, "--layers"]),
      /linux\/amd64 .* [kM]?B/,
    );

    const { status, stderr } = await runInProcess(
      ["inspect", `${name}:1`, "--platform", "linux/s390x"],
    );
    assert.equal(status, 1);
    assert.match(stderr, /there are linux\/amd64, linux\/arm64\n$/);
  }));

test("inspect --referrers lists what refers to it", () =>
  withRepository(async (repository, name) => {
    const subject = await repository.image({ layers: [], tag: "1" });
    assert.match(
      await inspect([`${name}:1`, "--referrers"]),
      /\n\nreferrers\n {2}none\n$/,
    );
    await repository.image({
      layers: [],
      manifest: { subject, artifactType: "application/vnd.example.sbom" },
    });
    const stdout = await inspect([`${name}:1`, "--referrers"]);
    assert.match(stdout, /^ {2}application\/vnd\.example\.sbom {2}sha256:/m);
  }));

test("of what cannot be read, all that is known is shown before the error", () =>
  withRepository(async (repository, name, fake) => {
    await repository.image({ layers, tag: "1" });
    const [layer] = JSON.parse(await inspect([`${name}:1`, "--json"]))
      .image.layers;
    const bytes = fake.blobs.get(`me/app@${layer.digest}`);
    assert.ok(bytes);
    const wrong = bytes.slice();
    wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1;
    fake.blobs.set(`me/app@${layer.digest}`, wrong);
    const { status, stdout, stderr } = await runInProcess(
      ["inspect", `${name}:1`],
    );
    assert.equal(status, 4);
    assert.match(stdout, /^size .* in 2 layers$/m);
    assert.match(stderr, /^scratchbuild: Cannot [^\n]*\n$/);
  }));

test("colours are for terminals, and for those who want them", () =>
  withRepository(async (repository, name) => {
    await repository.image({ layers, tag: "1" });
    const args = [`${name}:1`];
    const escape = "\x1b[";
    assert.ok((await inspect(args, { isTTY: true })).includes(escape));
    assert.ok(!(await inspect(args)).includes(escape));
    const quiet: Record<string, string>[] = [{ NO_COLOR: "1" }, {
      TERM: "dumb",
    }];
    for (const env of quiet) {
      const stdout = await inspect(args, { isTTY: true, env });
      assert.ok(!stdout.includes(escape));
    }
  }));

test("inspect refuses flags that contradict each other", async () => {
  const cases: [args: string[], why: RegExp][] = [
    [[], /name a location, as in scratchbuild inspect ghcr\.io\/me\/app:1\.0/],
    [["a", "b"], /Cannot use 2 arguments: there is one/],
    [["a", "--raw", "--json"], /--raw and --json together/],
    [["a", "--raw", "--config", "--json"], /--raw and --config and --json/],
    [["a", "--config", "--layers"], /--layers with --config/],
    [["a", "--raw", "--referrers"], /--referrers with --raw/],
    [["a", "--top", "3"], /--top without --layers/],
    [["a", "--layers", "--top", "-1"], /a whole number from 0 to 1000/],
    [["a", "--platform", "linux"], /Cannot read the platform "linux"/],
    [["a/B"], /upper-case/],
  ];
  for (const [args, why] of cases) {
    const { status, stderr } = await runInProcess(["inspect", ...args]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, why);
  }
});

test("inspect says what is not there", () =>
  withRepository(async (repository, name) => {
    const { status, stderr } = await runInProcess(["inspect", `${name}:2`]);
    assert.equal(status, 4);
    assert.match(stderr, /There is no such tag or digest in the repository/);
    await repository.index([], { tag: "1" });
    const args = ["inspect", `${name}:1`, "--config"];
    const empty = await runInProcess(args);
    assert.equal(empty.status, 1);
    assert.match(empty.stderr, /there is no image in its index/);
  }));
