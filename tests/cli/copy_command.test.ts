import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { bytesSource } from "../../src/bytes/byte_source.ts";
import { createDocument } from "../../src/image/create_document.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createIndex } from "../../src/image/create_index.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Artifact, Publishable } from "../../src/image/publishable.ts";
import { parseLocation } from "../../src/machine/location.ts";
import { openSource } from "../../src/machine/open_source.ts";
import { openTarget } from "../../src/machine/open_target.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Manifest } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { parsePlatform } from "../../src/spec/platform.ts";
import type { FileBody } from "../../src/tar/entry.ts";
import { readWhole } from "../../src/bytes/read_whole.ts";
import { verify } from "../../src/transfer/verify.ts";
import { runInProcess } from "./run_in_process.ts";
import { withServed } from "./with_served.ts";

const shared = await createLayer([{ type: "file", path: "a", body: "a" }]);
const images = await Promise.all(
  ["linux/amd64", "linux/arm64"].map(async (text) =>
    createImage({
      layers: [
        shared,
        await createLayer([{ type: "file", path: "b", body: text }]),
      ],
      platform: parsePlatform(text),
    })
  ),
);
const [image] = images;
assert.ok(image);
const index = await createIndex({ images });
const { digest } = image.manifest.descriptor;
const indexDigest = index.manifest.descriptor.digest;

/** Puts something where it is copied from. */
const put = (text: string, what: Publishable, tags?: readonly string[]) =>
  openTarget(parseLocation(text)).write(what, { ...(tags && { tags }) });

/** What is at a location; all of it has been read and is right. */
async function at(text: string): Promise<string> {
  const { digest, problems } = await verify(openSource(parseLocation(text)));
  assert.deepEqual(problems, []);
  return `${digest}`;
}

/** Something that refers to a manifest. */
async function referrerOf(
  subject: Descriptor,
  text: string,
): Promise<Artifact> {
  const bytes = new TextEncoder().encode("{}");
  const empty = "application/vnd.oci.empty.v1+json";
  const { descriptor: config } = await createDocument(empty, {});
  const { manifest: mediaType } = mediaTypes.oci;
  const manifest = await createDocument<Manifest>(mediaType, {
    ...{ schemaVersion: 2, mediaType, artifactType: "text/plain", config },
    ...{ layers: [config], subject, annotations: { text } },
  });
  const blobs = [{ descriptor: config, source: bytesSource(bytes) }];
  return { manifest, blobs };
}

/** Copies, and fails where the command does. */
async function copied(...args: string[]) {
  const { status, stdout, stderr } = await runInProcess(["copy", ...args]);
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

/** Fails as the command line promises. */
async function fails(args: string[], status: number, why: RegExp) {
  const result = await runInProcess(["copy", ...args]);
  assert.equal(result.status, status, result.stderr);
  assert.equal(result.stdout, "");
  assert.match(result.stderr, /^scratchbuild: Cannot [^\n]*\n$/);
  assert.match(result.stderr, why);
}

test("an index goes from anywhere to anywhere, and its digest stays", () =>
  withServed(async (root, { host }) => {
    await put(`${host}/from:1`, index);
    const places = [
      `${host}/from:1`,
      `oci:${root}/layout:1`,
      `oci-archive:${root}/a.tar:1`,
      `${host}/other/deep:2`,
      `${root}/b.tar`,
      `oci:${root}/second`,
      `${host}/last:1`,
    ];
    for (const [position, from] of places.slice(0, -1).entries()) {
      const to = places[position + 1] ?? "";
      const { stdout } = await copied(from, to, "--quiet");
      const name = to.replace(/(?<=[a-z]):\d$/, "").replace(/tar:1$/, "tar");
      assert.equal(stdout, `${name}@${indexDigest}\n`);
      assert.equal(await at(to), indexDigest);
    }
  }));

test("between two registries, each blob is read and sent once", () =>
  withServed(
    async (_root, a, b) => {
      await put(`${a.host}/app:1`, index);
      a.registry.requests.length = 0;
      const { stderr } = await copied(`${a.host}/app:1`, `${b.host}/app:2`);
      const reads = a.registry.lines().filter((line) => /blobs\//.test(line));
      assert.equal(reads.length, 5);
      assert.ok(reads.every((line) => line.startsWith("GET ")));
      assert.equal(new Set(reads).size, 5);
      assert.equal(await at(`${b.host}/app:2`), indexDigest);
      assert.deepEqual(stderr.split("\n").sort(), [
        "",
        `sent layer 1/2 (linux/amd64): ${shared.size} B`,
        `sent layer 2/2 (linux/amd64): ${image.layers[1]?.size} B`,
        `sent layer 2/2 (linux/arm64): ${images[1]?.layers[1]?.size} B`,
      ]);
      a.registry.requests.length = 0;
      const again = await copied(`${a.host}/app:1`, `${b.host}/app:2`);
      assert.match(again.stderr, /^present images: \d.*\n$/);
      assert.ok(!a.registry.lines().some((line) => /blobs\//.test(line)));
    },
    {},
    {},
  ));

test("within a registry, blobs are mounted and not read", () =>
  withServed(async (_root, { host, registry }) => {
    await put(`${host}/from:1`, image);
    const { bytesReceived } = registry;
    const { stderr } = await copied(`${host}/from:1`, `${host}/to:1`);
    assert.match(stderr, /^mounted layer 1\/2: .*, from the same registry\n/);
    // A registry takes the configuration, which had to be read, either way.
    const { size } = image.config.descriptor;
    assert.ok(registry.bytesReceived - bytesReceived <= size);
    assert.equal(await at(`${host}/to:1`), digest);
  }));

test("--platform takes one image of an index", () =>
  withServed(async (root, { host }) => {
    await put(`${host}/app:1`, index);
    const arm = images[1]?.manifest.descriptor.digest;
    const from = `${host}/app:1`;
    await copied(from, `oci:${root}/arm:1`, "--platform", "linux/arm64");
    assert.equal(await at(`oci:${root}/arm:1`), arm);
    await copied(from, `oci:${root}/all:1`, "--platform", "all");
    assert.equal(await at(`oci:${root}/all:1`), indexDigest);
    await copied(from, `oci:${root}/one:1`, "--platform", "one");
    assert.notEqual(await at(`oci:${root}/one:1`), indexDigest);
    const to = `oci:${root}/none`;
    await fails(
      [from, to, "--platform", "linux/s390x", "--quiet"],
      1,
      /none for linux\/s390x; there are linux\/amd64, linux\/arm64/,
    );
    await fails([from, to, "--platform", "linux"], 2, /platform "linux"/);
    assert.ok(!(await readdir(root)).includes("none"));
  }));

test("where the destination names no tag, the source keeps its own", () =>
  withServed(async (root, { host, registry }) => {
    await put(`${host}/app:1.5`, image);
    await copied(`${host}/app:1.5`, `${host}/kept`);
    await copied(`${host}/app:1.5`, `oci:${root}/layout`);
    await copied(`oci:${root}/layout:1.5`, `${host}/again`);
    await copied(`${host}/app@${digest}`, `${host}/pinned`);
    await put(`oci:${root}/unnamed`, image);
    await copied(`oci:${root}/unnamed`, `${host}/unnamed`);
    await copied(`${host}/app:1.5`, `${host}/told`, "--tag", "a", "--tag", "b");
    await copied(`${host}/app:1.5`, `${host}/both:x`, "--tag", "y");
    assert.deepEqual([...registry.tags.keys()].sort(), [
      ...["again:1.5", "app:1.5", "both:x", "both:y", "kept:1.5"],
      ...["told:a", "told:b", "unnamed:latest"],
    ]);
    assert.ok(registry.manifests.has(`pinned@${digest}`));
    assert.equal(await at(`oci:${root}/layout:1.5`), digest);
  }));

test("several sources keep their tags, all with --all-tags, none of another", () =>
  withServed(async (root, { host, registry }) => {
    await put(`${host}/app`, image, ["1", "2"]);
    await put(`oci:${root}/layout:3`, index);
    const both = await copied(
      ...[`${host}/app:1`, `oci:${root}/layout:3`, `${host}/to`, "--quiet"],
    );
    assert.equal(
      both.stdout,
      `${host}/to:1@${digest}\n${host}/to:3@${indexDigest}\n`,
    );
    const all = await copied(
      ...[`${host}/app`, `oci:${root}/layout`, `oci:${root}/all`],
      ...["--all-tags", "--quiet", "--json"],
    );
    const { images } = JSON.parse(all.stdout);
    assert.deepEqual(
      images.map(({ name, tags, digest }: typeof images[0]) => [
        ...[name, tags, digest],
      ]),
      [
        [`oci:${root}/all`, ["1"], digest],
        [`oci:${root}/all`, ["2"], digest],
        [`oci:${root}/all`, ["3"], indexDigest],
      ],
    );
    assert.equal(await at(`oci:${root}/all:2`), digest);
    const clash = await runInProcess([
      ...["copy", `${host}/app`, `oci:${root}/all`, `${host}/to`, "--all-tags"],
    ]);
    assert.equal(clash.status, 2);
    assert.match(clash.stderr, /its tag "1" is that of "[\d.:]+\/app", too/);
    assert.deepEqual(
      [...registry.tags.keys()].sort(),
      ["app:1", "app:2", "to:1", "to:2", "to:3"],
    );
  }));

test("the document of --json says what was copied", () =>
  withServed(async (root, { host }) => {
    await put(`${host}/app:1`, index);
    const { stdout } = await copied(
      ...[`${host}/app:1`, `oci:${root}/layout:1`, "--quiet", "--json"],
    );
    assert.deepEqual(JSON.parse(stdout), {
      version: 1,
      images: [{
        name: `oci:${root}/layout`,
        digest: indexDigest,
        mediaType: "application/vnd.oci.image.index.v1+json",
        size: [
          ...[index, ...images].map(({ manifest }) => manifest.descriptor),
          ...images.map(({ config }) => config.descriptor),
          ...[shared, ...images.flatMap(({ layers }) => layers.slice(1))],
        ].reduce((sum, { size }) => sum + size, 0),
        platforms: ["linux/amd64", "linux/arm64"],
        tags: ["1"],
        referrers: [],
      }],
    });
  }));

test("--referrers copies what refers to the images, by digest", () =>
  withServed(async (root, { host, registry }) => {
    await put(`${host}/app:1`, index);
    const refer = async (subject: Descriptor, text: string) => {
      const referrer = await referrerOf(subject, text);
      await put(`${host}/app`, referrer, []);
      return referrer.manifest.descriptor;
    };
    const signature = await refer(index.manifest.descriptor, "signature");
    const sbom = await refer(image.manifest.descriptor, "sbom");
    const { stdout } = await copied(
      ...[`${host}/app:1`, `${host}/to:1`, "--referrers", "--json", "--quiet"],
    );
    assert.deepEqual(
      JSON.parse(stdout).images[0].referrers.sort(),
      [signature.digest, sbom.digest].sort(),
    );
    for (const { digest } of [signature, sbom]) {
      assert.deepEqual(
        registry.manifests.get(`to@${digest}`)?.bytes,
        registry.manifests.get(`app@${digest}`)?.bytes,
      );
    }
    await copied(`${host}/to:1`, `oci:${root}/layout:1`, "--referrers");
    assert.equal(await at(`oci:${root}/layout:1`), indexDigest);
    const source = openSource(parseLocation(`oci:${root}/layout`));
    const found: string[] = [];
    for await (
      const { digest } of source.referrers?.(indexDigest) ?? []
    ) found.push(digest);
    assert.deepEqual(found, [signature.digest]);
    await fails(
      [`${host}/to:1`, `${root}/a.tar`, "--referrers", "--quiet"],
      2,
      /an archive holds one image; copy to oci:DIR or a registry/,
    );
  }));

test("of a docker-archive without a manifest, a notice says that one is made", () =>
  withServed(async (root) => {
    await put(`docker-archive:${root}/a.tar:app:1`, image);
    const kept = await copied(
      ...[`docker-archive:${root}/a.tar:app:1`, `oci:${root}/kept`],
    );
    assert.ok(!kept.stderr.includes("warning"), kept.stderr);
    assert.ok(kept.stdout.includes(digest));
    const plain = await createLayer([{ type: "file", path: "a", body: "a" }], {
      compression: "none",
    });
    const { config } = await createImage({ layers: [plain] });
    const file = (path: string, body: FileBody) =>
      ({ type: "file", path, body }) as const;
    const names = [{
      Config: "config.json",
      Layers: ["1/layer.tar"],
      RepoTags: ["app:1"],
    }];
    const old = await createLayer([
      file("1/layer.tar", plain),
      file("config.json", config.bytes),
      file("manifest.json", JSON.stringify(names)),
    ], { compression: "none" });
    await writeFile(`${root}/old.tar`, await readWhole(old));
    const made = await copied(
      ...[`docker-archive:${root}/old.tar:app:1`, `oci:${root}/made:1`],
    );
    assert.match(
      made.stderr,
      /^(.*\n)?scratchbuild: warning: docker-archive:.*old\.tar:app:1 holds no manifest of the image, so one was made: /,
    );
    assert.equal(made.stderr.split("was made").length, 2);
    const found = await openSource(parseLocation(`oci:${root}/made:1`))
      .manifest();
    assert.ok(found.kind === "manifest");
    assert.equal(found.value.config.digest, config.descriptor.digest);
    await at(`oci:${root}/made:1`);
  }));

test("credentials are for the registry that is written", () => {
  const account = { username: "me", password: "secret" };
  return withServed(
    async (root, open, closed) => {
      await put(`${open.host}/app:1`, image);
      open.registry.requests.length = 0;
      const flags = ["--username", "me", "--password", "secret", "--quiet"];
      await copied(`${open.host}/app:1`, `${closed.host}/app:1`, ...flags);
      const seen = open.registry.requests
        .filter(({ headers }) => headers.has("authorization"));
      assert.deepEqual(seen, []);
      // Where none is written, they are for the one that is read.
      await copied(`${closed.host}/app:1`, `oci:${root}/layout:1`, ...flags);
      assert.equal(await at(`oci:${root}/layout:1`), digest);
      await fails(
        [`${closed.host}/app:1`, `${open.host}/back`, ...flags],
        3,
        /log in .*\. The one of the flags .* is for the registry that is wri/,
      );
      await fails([`${closed.host}/app:1`, `oci:${root}/b`, "--quiet"], 3, /./);
    },
    {},
    { auth: { scheme: "basic", ...account, grant: () => ["pull", "push"] } },
  );
});

test("a digest in the destination is what must come there", () =>
  withServed(async (_root, { host }) => {
    await put(`${host}/app:1`, image);
    await copied(`${host}/app:1`, `${host}/to@${digest}`);
    const other = `sha256:${"0".repeat(64)}`;
    await fails(
      [`${host}/app:1`, `${host}/to@${other}`, "--quiet"],
      1,
      /the digest of the image is sha256:/,
    );
  }));

test("where a later image fails, those before are told of", () =>
  withServed(async (root, { host }) => {
    await put(`${host}/app:1`, image);
    const args = ["copy", `${host}/app:1`, `${host}/app:2`];
    const { status, stdout, stderr } = await runInProcess([
      ...args,
      ...[`oci:${root}/layout`, "--quiet"],
    ]);
    assert.equal(status, 4, stderr);
    assert.equal(stdout, `oci:${root}/layout:1@${digest}\n`);
  }));

test("what is damaged is not copied, and leaves nothing that looks whole", () =>
  withServed(async (root, { host, registry }) => {
    await put(`oci:${root}/from:1`, image);
    const path = join(root, "from/blobs/sha256", shared.digest.slice(7));
    const bytes = await readFile(path);
    bytes[30] = (bytes[30] ?? 0) ^ 255;
    await writeFile(path, bytes);
    for (const to of [`oci:${root}/to:1`, `${root}/to.tar`]) {
      await fails([`oci:${root}/from:1`, to, "--quiet"], 1, /damaged/);
    }
    assert.deepEqual(await readdir(root), ["from"]);
    const { status } = await runInProcess(
      ["copy", `oci:${root}/from:1`, `${host}/to:1`, "--quiet"],
    );
    assert.notEqual(status, 0);
    assert.equal(registry.manifests.size, 0);
  }));
