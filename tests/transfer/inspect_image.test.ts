import assert from "node:assert/strict";
import { test } from "node:test";
import { createLayer } from "../../src/image/create_layer.ts";
import { Registry } from "../../src/registry/registry.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import type { Image } from "../../src/spec/image.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import type { ImageSource } from "../../src/target/image_source.ts";
import type { Progress } from "../../src/target/progress.ts";
import { inspectImage } from "../../src/transfer/inspect_image.ts";
import { fakeRegistry } from "../support/fake_registry.ts";
import { FilledRepository } from "../support/filled_repository.ts";

const file = { type: "file" as const, path: "a", body: new Blob(["content"]) };
const other = { type: "file" as const, path: "b", body: new Blob(["other"]) };

function place() {
  const fake = fakeRegistry();
  const repository = new FilledRepository(fake, "app");
  const source = (tag: string) =>
    new Registry(`example.com/app:${tag}`, { fetch: fake.fetch });
  return { fake, repository, source };
}

test("an image is told of in full, without its layers being read", async () => {
  const { fake, repository, source } = place();
  const base = { "org.opencontainers.image.base.name": "example.com/base:1" };
  const config: Partial<Image> = {
    created: "2026-01-31T12:00:00Z",
    author: "me",
    variant: "v2",
    "os.version": "",
    config: {
      Entrypoint: ["/app"],
      Cmd: ["-v"],
      Env: ["A=b"],
      Labels: { c: "d" },
      User: "1",
      WorkingDir: "/w",
      ExposedPorts: { "80/tcp": {} },
      Volumes: { "/v": {} },
      StopSignal: "SIGINT",
      Healthcheck: { Test: ["NONE"] },
    },
    history: [
      { created_by: "ADD", created: "2025-01-01T00:00:00Z" },
      { created_by: "CMD", empty_layer: true, comment: "c", author: "a" },
      { created_by: "COPY" },
    ],
  };
  const { digest, size } = await repository.image({
    layers: [[file], [other]],
    config,
    manifest: { annotations: base },
    tag: "1",
  });
  const { image, ...report } = await inspectImage(source("1"));
  const mediaType = mediaTypes.oci.manifest;
  assert.deepEqual(report, {
    name: "example.com/app",
    reference: "example.com/app:1",
    digest,
    mediaType,
    platforms: [],
  });
  assert.ok(image);
  const { layers, configDigest, ...rest } = image;
  const layersSize = layers.reduce((sum, { size }) => sum + size, 0);
  const configBytes = fake.blobs.get(`app@${configDigest}`)?.byteLength ?? 0;
  assert.deepEqual(rest, {
    digest,
    mediaType,
    platform: "linux/amd64/v2",
    created: "2026-01-31T12:00:00Z",
    author: "me",
    entrypoint: ["/app"],
    cmd: ["-v"],
    env: ["A=b"],
    labels: { c: "d" },
    user: "1",
    workdir: "/w",
    ports: ["80/tcp"],
    volumes: ["/v"],
    stopSignal: "SIGINT",
    healthcheck: { Test: ["NONE"] },
    annotations: base,
    base: { name: "example.com/base:1" },
    history: [
      { createdBy: "ADD", created: "2025-01-01T00:00:00Z", layer: 0 },
      { createdBy: "CMD", author: "a", comment: "c" },
      { createdBy: "COPY", layer: 1 },
    ],
    layersSize,
    size: layersSize + configBytes + size,
  });
  const made = [await createLayer([file]), await createLayer([other])];
  assert.deepEqual(
    layers,
    made.map(({ digest, diffId, size }, position) => ({
      digest,
      diffId,
      mediaType: mediaTypes.oci.layerGzip,
      size,
      createdBy: ["ADD", "COPY"][position],
    })),
  );
  assert.deepEqual(fake.lines(), [
    "GET /v2/app/manifests/1",
    `GET /v2/app/blobs/${configDigest}`,
  ]);
});

test("layers are read where that is asked for, equal ones once", async () => {
  const { fake, repository, source } = place();
  await repository.image({ layers: [[file], [], [file]], tag: "1" });
  const seen: Progress[] = [];
  const { image } = await inspectImage(source("1"), {
    layers: true,
    top: 1,
    onProgress: (progress) => seen.push(progress),
  });
  const [first, second, third] = image?.layers ?? [];
  assert.deepEqual(first?.contents, {
    entries: 1,
    whiteouts: 0,
    biggest: [{ path: "a", size: 7 }],
  });
  assert.deepEqual(third, first);
  assert.equal(first.unpackedSize, 2048);
  assert.equal(second?.unpackedSize, 1024);
  assert.equal(image?.unpackedSize, 2048 + 1024 + 2048);
  const reads = fake.lines().filter((line) => line.includes(first.digest));
  assert.equal(reads.length, 1);
  const done = seen.filter(({ state }) => state === "done");
  assert.deepEqual(
    done.map(({ descriptor, bytes }) => [descriptor.digest, bytes]),
    [[first.digest, first.size], [second.digest, second.size]],
  );
});

test("layers of another registry, and what is no tar, stay unread", async () => {
  const { repository, source } = place();
  const layer = await repository.blob(mediaTypes.docker.layerGzip, "x");
  const config = await repository.blob(mediaTypes.docker.config, {
    os: "windows",
    architecture: "amd64",
    rootfs: { type: "layers", diff_ids: [] },
    history: null,
  });
  const foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
  const urls = ["https://example.org/layer"];
  await repository.manifest(mediaTypes.docker.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.docker.manifest,
    config,
    layers: [
      { ...layer, mediaType: foreign, urls },
      { ...layer, mediaType: `${mediaTypes.oci.layerGzip}+encrypted` },
    ],
  }, "1");
  const { image } = await inspectImage(source("1"), { layers: true });
  assert.deepEqual(image?.layers, [
    { digest: layer.digest, mediaType: foreign, size: 1, urls },
    {
      digest: layer.digest,
      mediaType: `${mediaTypes.oci.layerGzip}+encrypted`,
      size: 1,
    },
  ]);
  assert.equal(image.unpackedSize, undefined);
});

/** An index as BuildKit makes it, and what is in it. */
async function filledIndex() {
  const { fake, repository, source } = place();
  const amd64 = await repository.image({ layers: [[file]] });
  const arm64 = await repository.image({
    layers: [[file], [other]],
    config: { architecture: "arm64", variant: "v8" },
    tag: "single",
  });
  const attestation = await repository.image({
    layers: [],
    config: { os: "unknown", architecture: "unknown" },
  });
  const entries: Descriptor[] = [
    { ...arm64, platform: { os: "linux", architecture: "arm64" } },
    { ...amd64, platform: { os: "linux", architecture: "amd64" } },
    {
      ...attestation,
      platform: { os: "unknown", architecture: "unknown" },
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": amd64.digest,
      },
    },
  ];
  await repository.index(entries, { tag: "all", annotations: { a: "b" } });
  await repository.index(entries.slice(0, 1), { tag: "arm" });
  return { fake, source, amd64, arm64, attestation };
}

test("of an index, all platforms are told of, and one in full", async () => {
  const { fake, source, amd64, arm64, attestation } = await filledIndex();
  const report = await inspectImage(source("all"));
  assert.equal(report.mediaType, mediaTypes.oci.index);
  assert.deepEqual(report.indexAnnotations, { a: "b" });
  assert.equal(report.image?.digest, amd64.digest);
  const layersSize = report.image.layersSize;
  assert.deepEqual(report.platforms, [
    { kind: "image", platform: "linux/arm64", ...arm64, isChosen: false },
    {
      kind: "image",
      platform: "linux/amd64",
      ...amd64,
      layersSize,
      isChosen: true,
    },
    {
      kind: "attestation",
      ...attestation,
      about: amd64.digest,
      isChosen: false,
    },
  ]);
  const manifests = fake.lines().filter((line) => line.includes("manifests"));
  assert.deepEqual(manifests, [
    "GET /v2/app/manifests/all",
    `GET /v2/app/manifests/${amd64.digest}`,
  ]);
});

test("the sizes of all platforms are told where they are asked for", async () => {
  const { fake, source, amd64, arm64 } = await filledIndex();
  const platform = { os: "linux", architecture: "arm64" };
  const options = { platform, platformSizes: true };
  const { image, platforms } = await inspectImage(source("all"), options);
  assert.equal(image?.digest, arm64.digest);
  const [first, second, third] = platforms;
  assert.equal(first?.layersSize, image.layersSize);
  assert.ok((second?.layersSize ?? 0) < image.layersSize);
  assert.equal(third?.layersSize, undefined);

  fake.manifests.delete(`app@${amd64.digest}`);
  const again = await inspectImage(source("all"), options);
  assert.equal(again.platforms[1]?.layersSize, undefined);
});

test("a platform that is not there is no mistake unless it was asked for", async () => {
  const { source, arm64 } = await filledIndex();
  const { image } = await inspectImage(source("arm"));
  assert.equal(image?.digest, arm64.digest);
  await assert.rejects(
    inspectImage(source("arm"), {
      platform: { os: "linux", architecture: "s390x" },
    }),
    /Cannot find the image in example\.com\/app: .*linux\/s390x.* linux\/arm64/,
  );
  await assert.rejects(
    inspectImage(source("single"), {
      platform: { os: "linux", architecture: "amd64" },
    }),
    /Cannot show .*: it is for linux\/arm64\/v8 and not for linux\/amd64/,
  );
});

test("an index of nothing that runs is shown as it is", async () => {
  const { repository, source } = place();
  await repository.index([], { tag: "1" });
  const { image, artifact, platforms } = await inspectImage(source("1"));
  assert.deepEqual([image, artifact, platforms], [undefined, undefined, []]);
});

test("what is no image is told of by its artifact type", async () => {
  const { fake, repository, source } = place();
  const config = await repository.blob("application/vnd.example.chart", "{}");
  const layer = await repository.blob("application/vnd.example.data", "data");
  const annotations = { "org.opencontainers.image.title": "data.txt" };
  const subject = await repository.image({ layers: [] });
  const put = (members: object, tag: string) =>
    repository.manifest(mediaTypes.oci.manifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.oci.manifest,
      config,
      layers: [{ ...layer, annotations }],
      ...members,
    }, tag);
  const { digest } = await put({ subject, annotations: { a: "b" } }, "1");
  const { image, artifact } = await inspectImage(source("1"), { layers: true });
  assert.equal(image, undefined);
  assert.deepEqual(artifact, {
    digest,
    mediaType: mediaTypes.oci.manifest,
    artifactType: "application/vnd.example.chart",
    config,
    subject,
    annotations: { a: "b" },
    layers: [{ ...layer, annotations }],
    layersSize: 4,
  });
  assert.deepEqual(fake.lines(), ["GET /v2/app/manifests/1"]);
  await put({ artifactType: "application/vnd.example.other" }, "2");
  const typed = await inspectImage(source("2"));
  assert.equal(typed.artifact?.artifactType, "application/vnd.example.other");
});

test("members of a configuration that are something else are left out", async () => {
  const { repository, source } = place();
  const config = {
    Entrypoint: "/app",
    Cmd: ["a", 1],
    Env: {},
    Labels: { a: 1, b: "c" },
    User: 5,
    ExposedPorts: [],
    Volumes: null,
    Healthcheck: "x",
  };
  await repository.image({
    layers: [],
    config: { config: config as unknown as Image["config"] & object },
    tag: "1",
  });
  const { image } = await inspectImage(source("1"));
  assert.deepEqual(image?.cmd, ["a"]);
  assert.deepEqual(image.labels, { b: "c" });
  for (
    const name of ["entrypoint", "env", "user", "ports", "volumes"] as const
  ) assert.equal(image[name], undefined, name);
  assert.equal(image.healthcheck, undefined);
});

test("a history that does not go with the layers names none", async () => {
  const { repository, source } = place();
  const history = [{ created_by: "ADD" }, { created_by: "COPY" }];
  await repository.image({ layers: [[file]], config: { history }, tag: "1" });
  const { image } = await inspectImage(source("1"));
  assert.deepEqual(
    image?.history,
    history.map(({ created_by: createdBy }) => ({ createdBy })),
  );
  assert.equal(image.layers[0]?.createdBy, undefined);
});

test("a configuration that is none is refused", async () => {
  const { repository, source } = place();
  await repository.image({ layers: [], config: { os: "" }, tag: "1" });
  await assert.rejects(
    inspectImage(source("1")),
    (error) =>
      error instanceof ScratchbuildError && error.code === "IMAGE" &&
      /^Cannot read the configuration of example\.com\/app@sha256:[0-9a-f]+: /
        .test(error.message),
  );
  const config = await repository.blob(mediaTypes.oci.config, "{}");
  await repository.manifest(mediaTypes.oci.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.oci.manifest,
    config: { ...config, size: 5_000_000 },
    layers: [],
  }, "2");
  await assert.rejects(inspectImage(source("2")), /5000000 bytes long/);
});

test("what refers to an image is listed where that is asked for", async () => {
  const { repository, source } = place();
  const { digest } = await repository.image({ layers: [], tag: "1" });
  const referrer: Descriptor = {
    mediaType: mediaTypes.oci.manifest,
    digest,
    size: 1,
    artifactType: "application/vnd.example.signature",
  };
  const registry = source("1");
  const asked: string[] = [];
  const listing: ImageSource = {
    name: registry.name,
    manifest: (...args) => registry.manifest(...args),
    document: (...args) => registry.document(...args),
    blob: (...args) => registry.blob(...args),
    async *referrers(digest) {
      asked.push(digest);
      yield await Promise.resolve(referrer);
    },
  };
  const report = await inspectImage(listing, { referrers: true });
  assert.deepEqual(report.referrers, [referrer]);
  assert.deepEqual(asked, [digest]);
  const { referrers: _, ...silent } = listing;
  await assert.rejects(
    inspectImage(silent, { referrers: true }),
    /Cannot list what refers to example\.com\/app/,
  );
});
