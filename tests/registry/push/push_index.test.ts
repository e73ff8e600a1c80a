import assert from "node:assert/strict";
import { test } from "node:test";
import { imageBlobs } from "../../../src/image/image_blobs.ts";
import type { Publishable } from "../../../src/image/publishable.ts";
import { Registry } from "../../../src/registry/registry.ts";
import type { Progress } from "../../../src/target/progress.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { assertSane, fakeRegistry } from "../../support/fake_registry.ts";
import { sampleArtifact, sampleImage, sampleIndex } from "../sample_image.ts";
import { manyBytes, pushTo } from "./push_to.ts";

const shared = manyBytes(3000, 9);
const amd64 = await sampleImage(shared, manyBytes(1000));
const arm64 = await sampleImage(shared, manyBytes(2000, 2));
const index = await sampleIndex([amd64, arm64]);
const digests = (...images: Publishable[]) =>
  images.map(({ manifest }) => manifest.descriptor.digest);
const puts = (lines: string[]) =>
  lines.filter((line) => /^PUT .*manifests/.test(line))
    .map((line) => line.replace(/.*manifests\//, ""));

test("what an index names is pushed first, by digest, and the index last", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, index);
  assertSane(fake);
  assert.deepEqual(puts(fake.lines()), [...digests(amd64, arm64), "1"]);
  assert.deepEqual([...fake.tags], [["team/app:1", digests(index)[0]]]);
  // A blob of both is sent once.
  const heads = fake.lines().filter((line) => /^HEAD .*blobs/.test(line));
  assert.equal(heads.length, 5);
  assert.equal(new Set(heads).size, 5);
});

test("an index in an index comes before it and after its images", async () => {
  const inner = await sampleIndex([arm64]);
  const outer = await sampleIndex([amd64, inner, arm64]);
  const fake = fakeRegistry();
  await pushTo(fake, outer);
  assertSane(fake);
  assert.deepEqual(puts(fake.lines()), [
    ...digests(amd64, arm64, inner),
    "1",
  ]);
});

test("what is there of an index is asked for once, and nothing of it is sent", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, amd64, { to: "registry.test/team/app:amd64" });
  fake.requests.length = 0;
  await pushTo(fake, index);
  assertSane(fake);
  assert.deepEqual(puts(fake.lines()), [...digests(arm64), "1"]);
  const heads = fake.lines().filter((line) => line.startsWith("HEAD"));
  const asked = [
    "/v2/team/app/manifests/1",
    ...digests(amd64, arm64).map((digest) =>
      `/v2/team/app/manifests/${digest}`
    ),
    ...imageBlobs(arm64).map(({ descriptor }) =>
      `/v2/team/app/blobs/${descriptor.digest}`
    ),
  ];
  assert.deepEqual(heads, asked.map((path) => `HEAD ${path}`));
});

test("a tag that names the index already takes one request", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, index);
  fake.requests.length = 0;
  await pushTo(fake, index);
  assert.deepEqual(fake.lines(), ["HEAD /v2/team/app/manifests/1"]);
});

test("progress tells of each document: start and done, or present", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, amd64, { to: "registry.test/team/app:amd64" });
  const told = new Map<string, string[]>();
  const onProgress = ({ descriptor: { digest }, state }: Progress) => {
    told.set(digest, [...told.get(digest) ?? [], state]);
  };
  await pushTo(fake, index, { onProgress });
  assert.deepEqual(digests(amd64, arm64, index).map((it) => told.get(it)), [
    ["present"],
    ["start", "done"],
    ["start", "done"],
  ]);
});

test("an index without its images is pushed as it is", async () => {
  const sparse = { ...index, images: [] };
  const taken = fakeRegistry({ quirks: { sparseIndexes: true } });
  await pushTo(taken, sparse);
  assert.deepEqual(taken.lines(), [
    "HEAD /v2/team/app/manifests/1",
    "PUT /v2/team/app/manifests/1",
  ]);
  const refused = fakeRegistry({ quirks: { unknownChildren: true } });
  await assert.rejects(pushTo(refused, sparse), {
    name: "RegistryError",
    status: 400,
    message: /MANIFEST_UNKNOWN|blob unknown/,
  });
  assert.equal(refused.tags.size, 0);
});

test("a registry that does not know yet what an index names is given time", async () => {
  for (const unknownChildren of [false, true]) {
    const quirks = { lateReferences: 2, unknownChildren };
    const fake = fakeRegistry({ quirks });
    await pushTo(fake, index);
    assertSane(fake);
    const sent = puts(fake.lines());
    // Each of the three is refused twice.
    assert.equal(sent.length, 9);
    assert.equal(sent.at(-1), "1");
  }
});

test("what a registry has lost of an index, or says so, is sent once more", async () => {
  const fake = fakeRegistry({ quirks: { unknownChildren: true } });
  const [lost = ""] = digests(amd64);
  await pushTo(fake, amd64, { to: "registry.test/team/app:amd64" });
  let refusals = 0;
  fake.override(/^PUT .*manifests\/1$/, async (_, next) => {
    // It had said that this is there, and then it is not.
    if (++refusals === 1) fake.manifests.delete(`team/app@${lost}`);
    return await next();
  });
  fake.requests.length = 0;
  await pushTo(fake, index);
  assertSane(fake);
  assert.deepEqual(puts(fake.lines()), [
    ...digests(arm64),
    "1",
    "1",
    lost,
    "1",
  ]);
});

test("a manifest that is not taken ends the work: no tag names the index", async () => {
  const fake = fakeRegistry();
  fake.inject({
    match: new RegExp(`^PUT .*${digests(arm64)[0]}`),
    fault: { kind: "status", status: 403 },
    times: 1,
  });
  await assert.rejects(pushTo(fake, index), { status: 403 });
  assert.equal(fake.tags.size, 0);
});

test("tags that are asked for take the place of those of the reference", async () => {
  const fake = fakeRegistry();
  const options = { fetch: fake.fetch, clock: fakeClock(), tags: ["more"] };
  const registry = new Registry("registry.test/team/app:1", options);
  await registry.write(amd64, { tags: ["a", "b"] });
  assert.deepEqual([...fake.tags.keys()], ["team/app:a", "team/app:b"]);
  await registry.write(arm64, { tags: [] });
  const [digest = ""] = digests(arm64);
  assert.equal(fake.tags.size, 2);
  assert.ok(fake.manifests.has(`team/app@${digest}`));
  await registry.write(arm64);
  assert.deepEqual([...fake.tags.keys()].slice(2), [
    "team/app:1",
    "team/app:more",
  ]);
  await assert.rejects(registry.write(arm64, { tags: [".."] }), {
    code: "USAGE",
  });
});

test("a reference with a digest takes others under other tags alone", async () => {
  const fake = fakeRegistry();
  const [digest = ""] = digests(amd64);
  const registry = new Registry(`registry.test/team/app@${digest}`, {
    fetch: fake.fetch,
  });
  await assert.rejects(registry.write(arm64), { code: "DIGEST_MISMATCH" });
  await registry.write(arm64, { tags: [] });
  assert.deepEqual([...fake.manifests.keys()], [
    `team/app@${digests(arm64)[0]}`,
  ]);
});

test("an artifact is pushed byte for byte, whatever it is", async () => {
  const artifact = await sampleArtifact(manyBytes(50), {
    artifactType: "application/vnd.test.chart",
  });
  const fake = fakeRegistry();
  await pushTo(fake, artifact);
  assertSane(fake);
  const [digest = ""] = digests(artifact);
  assert.deepEqual(
    fake.manifests.get(`team/app@${digest}`)?.bytes,
    artifact.manifest.bytes,
  );
});

test("layers that may not be distributed are sent where that is asked for alone (req-058)", async () => {
  const bytes = manyBytes(500, 5);
  const artifact = await sampleArtifact(bytes);
  const [layer] = artifact.blobs;
  assert.ok(layer);
  const mediaType =
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
  const blob = { ...layer, descriptor: { ...layer.descriptor, mediaType } };
  const foreign = await sampleArtifact(bytes, { layers: [blob.descriptor] });
  const image = {
    ...foreign,
    blobs: foreign.blobs.map((it) =>
      it.descriptor.digest === blob.descriptor.digest ? blob : it
    ),
  };
  const key = `team/app@${blob.descriptor.digest}`;
  const fake = fakeRegistry();
  await pushTo(fake, image);
  assert.equal(fake.blobs.has(key), false);
  const other = fakeRegistry();
  await pushTo(other, image, { foreignLayers: true });
  assert.equal(other.blobs.has(key), true);
});

test("indexes that name the same ones over and over are pushed at once", async () => {
  let level: Publishable[] = [amd64];
  for (let depth = 0; depth < 8; depth++) {
    const below = level;
    level = await Promise.all(
      Array.from(
        { length: 12 },
        (_, n) => sampleIndex(below, { annotations: { n: `${n}` } }),
      ),
    );
  }
  const fake = fakeRegistry();
  await pushTo(fake, await sampleIndex(level));
  assert.equal(puts(fake.lines()).length, 8 * 12 + 2);
});
