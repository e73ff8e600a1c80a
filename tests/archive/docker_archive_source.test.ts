import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { DockerArchiveSource } from "../../src/archive/docker_archive_source.ts";
import { ImageArchiveSource } from "../../src/archive/image_archive_source.ts";
import { TarFiles } from "../../src/archive/tar_files.ts";
import { bytesSource } from "../../src/bytes/byte_source.ts";
import { hashOf } from "../../src/bytes/hasher.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { pull } from "../../src/transfer/pull.ts";
import { amd64, arm64, index, shared } from "./published_samples.ts";
import {
  archiveOf,
  type Files,
  filesOf,
  packedFiles,
  readThrough,
  setJson,
  unpacked,
} from "./read_samples.ts";

const name = "docker-archive:image.tar";
const refusal = (why: RegExp) => ({ code: "ARCHIVE", message: why });
const DIGEST = amd64.manifest.descriptor.digest;

function open(files: Files, reference?: string): DockerArchiveSource {
  const tar = new TarFiles(bytesSource(packedFiles(files)), { name });
  return new DockerArchiveSource(tar, {
    name,
    ...(reference !== undefined && { reference: parseReference(reference) }),
  });
}

/** A tar, as `docker save` wrote it before it knew OCI. */
async function saved(
  { names = ["app:1"] as string[] | null, prefix = "" } = {},
): Promise<Files> {
  const stored = await filesOf(amd64);
  const files: Files = new Map();
  const { config, layers } = amd64.manifest.value;
  const bytes = (digest: string) => {
    const found = stored.get(`blobs/${digest.replace(":", "/")}`);
    assert.ok(found);
    return found;
  };
  const hex = (digest: string) => digest.slice("sha256:".length);
  files.set(`${prefix}${hex(config.digest)}.json`, bytes(config.digest));
  for (const { digest } of layers) {
    files.set(`${prefix}${hex(digest)}/layer.tar`, bytes(digest));
  }
  return setJson(files, "manifest.json", [{
    Config: `${hex(config.digest)}.json`,
    RepoTags: names,
    Layers: layers.map(({ digest }) => `${hex(digest)}/layer.tar`),
  }]);
}

test("a Docker archive is read with a manifest that is made for it", async () => {
  const source = open(await saved());
  assert.equal(source.name, name);
  const found = await source.manifest();
  assert.equal(found.kind, "manifest");
  assert.equal(found.kind === "manifest" && found.isMade, true);
  const { docker } = mediaTypes;
  const { config, layers } = amd64.manifest.value;
  assert.deepEqual(found.value, {
    schemaVersion: 2,
    mediaType: docker.manifest,
    config: { ...config, mediaType: docker.config },
    layers: layers.map((layer) => ({ ...layer, mediaType: docker.layer })),
  });
  const { digest } = found.descriptor;
  assert.equal(digest, hashOf(found.bytes, "sha256"));
  assert.equal(await readThrough(source), digest);
  assert.equal(await readThrough(source, digest), digest);
});

test("the manifest that is made is always the same", async () => {
  const one = await open(await saved()).manifest();
  const other = await open(await saved({ names: null, prefix: "./" }))
    .manifest();
  assert.deepEqual(one.descriptor, other.descriptor);
  assert.equal(
    one.descriptor.digest,
    "sha256:ee4971291d1f2f53d31579ce3fcc5097c72a5d6d4b39b1cd8b3f109122d2d580",
  );
});

test("an archive that is a layout too keeps its manifest", async () => {
  const files = await filesOf(amd64, { references: [parseReference("app:1")] });
  const found = await open(files).manifest();
  assert.equal(found.descriptor.digest, DIGEST);
  assert.equal(found.kind === "manifest" && found.isMade, undefined);
  assert.equal(await readThrough(open(files)), DIGEST);
});

test("a manifest of the layout that lacks a layer is not that of the archive", async () => {
  const files = await filesOf(amd64);
  const path = `blobs/${shared.digest.replace(":", "/")}`;
  const layer = files.get(path);
  assert.ok(layer);
  files.delete(path);
  files.set("layer.tar", layer);
  const text = new TextDecoder().decode(files.get("manifest.json"));
  files.set(
    "manifest.json",
    new TextEncoder().encode(text.replace(path, "layer.tar")),
  );
  const found = await open(files).manifest();
  assert.equal(found.kind === "manifest" && found.isMade, true);
  await readThrough(open(files));
});

test("layers that are compressed are known by their own digests", async () => {
  const plain = await saved();
  const files: Files = new Map();
  for (const [path, bytes] of plain) {
    const isLayer = path.endsWith("layer.tar");
    files.set(path, isLayer ? new Uint8Array(gzipSync(bytes)) : bytes);
  }
  const source = open(files);
  const found = await source.manifest();
  assert.ok(found.kind === "manifest");
  for (const { mediaType, digest } of found.value.layers) {
    assert.equal(mediaType, mediaTypes.docker.layerGzip);
    const has = [...files.values()].some((bytes) =>
      hashOf(bytes, "sha256") === digest
    );
    assert.ok(has, digest);
  }
  await readThrough(source);
  const { layers } = await pull(source);
  assert.deepEqual(
    layers.map(({ diffId }) => diffId),
    amd64.layers.map(({ diffId }) => diffId),
  );
});

test("the image of a Docker archive is chosen by its name", async () => {
  const files = await saved();
  const manifest = JSON.parse(
    new TextDecoder().decode(files.get("manifest.json")),
  );
  const [image] = manifest;
  const config = new TextDecoder().decode(files.get(image.Config));
  const other = { ...JSON.parse(config), author: "somebody" };
  setJson(files, "other.json", other);
  setJson(files, "manifest.json", [
    { ...image, RepoTags: ["app:1", "ghcr.io/me/app:1.0"] },
    { ...image, RepoTags: ["other"], Config: "other.json" },
    { ...image, RepoTags: null },
  ]);
  const first = await open(files, "docker.io/library/app:1").manifest();
  for (const name of ["app:1", "ghcr.io/me/app:1.0"]) {
    assert.deepEqual(await open(files, name).manifest(), first);
    assert.deepEqual(await open(files).manifest(name), first);
  }
  assert.deepEqual(await open(files).manifest("1.0"), first);
  const second = await open(files, "other:latest").manifest();
  assert.notEqual(second.descriptor.digest, first.descriptor.digest);
  assert.deepEqual(await open(files).manifest("latest"), second);
  assert.deepEqual(
    await Array.fromAsync(open(files).tags()),
    ["1", "1.0", "latest"],
  );
  const choice =
    /choose one by its name: app:1, ghcr\.io\/me\/app:1\.0, other$/;
  await assert.rejects(open(files).manifest(), refusal(/it has 3 images; /));
  await assert.rejects(open(files).manifest(), refusal(choice));
  await assert.rejects(
    open(files, "nothing").manifest(),
    refusal(/it has no image docker\.io\/library\/nothing; choose/),
  );
  await assert.rejects(open(files).manifest("2"), refusal(choice));
});

test("a bare tar is read as the layout that it is, else as a Docker archive", async () => {
  const bare = (files: Files) =>
    new ImageArchiveSource(
      new TarFiles(bytesSource(packedFiles(files)), { name: "a.tar" }),
      { name: "a.tar" },
    );
  const both = await unpacked(
    await archiveOf(amd64, { references: [parseReference("app:1")] }),
  );
  assert.equal(await readThrough(bare(both)), DIGEST);
  assert.deepEqual(await Array.fromAsync(bare(both).tags()), ["1"]);
  assert.deepEqual(await Array.fromAsync(bare(both).referrers(DIGEST)), []);
  const docker = await saved();
  const found = await bare(docker).manifest();
  assert.equal(found.kind === "manifest" && found.isMade, true);
  assert.equal(await readThrough(bare(docker)), found.descriptor.digest);
  assert.deepEqual(await Array.fromAsync(bare(docker).referrers(DIGEST)), []);
  await assert.rejects(
    bare(new Map([["hello", new Uint8Array()]])).manifest(),
    refusal(/^Cannot read a\.tar: it holds no image: it has neither/),
  );
});

test("of an index of platforms of which Docker saved one, that one is read", async () => {
  const files = await filesOf(index, { references: [parseReference("app:1")] });
  const bare = () =>
    new ImageArchiveSource(
      new TarFiles(bytesSource(packedFiles(files)), { name: "a.tar" }),
      { name: "a.tar" },
    );
  const whole = index.manifest.descriptor.digest;
  assert.equal(await readThrough(bare()), whole);
  const { digest } = arm64.manifest.descriptor;
  files.delete(`blobs/${digest.replace(":", "/")}`);
  assert.equal(await readThrough(bare()), DIGEST);
});

const json = (value: unknown) => (files: Files) =>
  setJson(files, "manifest.json", value);
const image = { Config: "c.json", Layers: [], RepoTags: [] };

for (
  const [what, change, why] of [
    [
      "without manifest.json",
      (files: Files) => files.delete("manifest.json"),
      /it is no Docker archive, which has a manifest\.json$/,
    ],
    [
      "of before Docker 1.10",
      (files: Files) => {
        files.delete("manifest.json");
        files.set("repositories", new Uint8Array());
      },
      /it has no manifest\.json: a Docker before 1\.10 wrote it\. Load it/,
    ],
    [
      "that is a layout",
      (files: Files) => {
        files.delete("manifest.json");
        files.set("index.json", new Uint8Array());
      },
      /index\.json of an OCI layout, write oci-archive:FILE$/,
    ],
    ["with a manifest.json of null", json(null), /it is not a list of images/],
    ["that holds no image", json([]), /it holds no image$/],
    ["with an image that is none", json([1]), /image 1 is not an object/],
    ["without Config", json([{ ...image, Config: "" }]), /has no Config/],
    [
      "with layers that are none",
      json([{ ...image, Layers: [1] }]),
      /image 1 has Layers that are not a list of texts/,
    ],
    [
      "with names that are none",
      json([{ ...image, RepoTags: "app" }]),
      /image 1 has RepoTags that are not a list of texts/,
    ],
    ["that lacks a configuration", json([image]), /configuration c\.json$/],
    [
      "with a path upwards",
      json([{ ...image, Config: "../../etc/passwd" }]),
      /it lacks the configuration \.\.\/\.\.\/etc\/passwd$/,
    ],
    [
      "with a configuration that is none",
      (files: Files) => {
        json([image])(files);
        setJson(files, "c.json", { os: "linux" });
      },
      /of its c\.json, it does not say its architecture/,
    ],
    [
      "with a configuration whose path is another digest",
      (files: Files) => {
        const path = `blobs/sha256/${"0".repeat(64)}`;
        json([{ ...image, Config: path }])(files);
        setJson(files, path, { os: "linux", architecture: "amd64" });
      },
      /of its blobs\/sha256\/0+, its digest is sha256:.*damaged/,
    ],
    [
      "with fewer layers than the configuration",
      (files: Files) => {
        const [config] = files.keys();
        json([{ ...image, Config: config }])(files);
      },
      /it has 2 layers, and there are 0$/,
    ],
    [
      "that lacks a layer",
      (files: Files) => {
        const [, layer = ""] = files.keys();
        files.delete(layer);
      },
      /it lacks the layer [0-9a-f]{64}\/layer\.tar$/,
    ],
    [
      "with a layer that was changed",
      (files: Files) => {
        const [, layer = ""] = files.keys();
        files.get(layer)?.set([1], 600);
      },
      /of its sha256:[0-9a-f]{64}, its digest is sha256:.*damaged/,
    ],
    [
      "with a layer that is longer",
      (files: Files) => {
        const [, layer = ""] = files.keys();
        files.set(layer, new Uint8Array(10_000));
      },
      /its digest is sha256:/,
    ],
  ] as const
) {
  test(`a Docker archive ${what} is refused`, async () => {
    const files = await saved();
    change(files);
    await assert.rejects(readThrough(open(files)), (error: Error) => {
      assert.equal((error as { code?: string }).code, "ARCHIVE");
      assert.match(error.message, /^Cannot read docker-archive:image\.tar: /);
      assert.match(error.message, why);
      return true;
    });
  });
}

test("a manifest that was made is not what it is not", async () => {
  const source = open(await saved());
  await assert.rejects(
    source.manifest(undefined, { mediaType: mediaTypes.oci.manifest }),
    refusal(/and not application\/vnd\.oci\.image\.manifest\.v1\+json$/),
  );
  await assert.rejects(
    source.manifest(arm64.manifest.descriptor.digest),
    refusal(/it lacks sha256:/),
  );
});
