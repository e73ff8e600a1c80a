import assert from "node:assert/strict";
import { test } from "node:test";
import type { Descriptor } from "../../../src/spec/descriptor.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { Registry } from "../../../src/registry/registry.ts";
import {
  assertSane,
  type FakeRegistry,
  fakeRegistry,
} from "../../support/fake_registry.ts";
import { sampleArtifact, sampleImage, sampleIndex } from "../sample_image.ts";
import { manyBytes, NAME, pushTo } from "./push_to.ts";

const image = await sampleImage(manyBytes(1000));
const { descriptor: subject } = image.manifest;
const TAG = subject.digest.replace(":", "-");
const annotations = { "org.example.who": "alice", "org.example.why": "\u00e9" };
const signature = await sampleArtifact(manyBytes(30), {
  subject,
  annotations,
  artifactType: "application/vnd.test.signature",
});
const plain = await sampleArtifact(manyBytes(40, 2), { subject });
const noReferrers = { quirks: { noReferrers: true } };

/** The entries of the index under the tag of the image. */
function listed(fake: FakeRegistry): Descriptor[] {
  const digest = fake.tags.get(`team/app:${TAG}`);
  const found = fake.manifests.get(`team/app@${digest}`);
  assert.ok(found, "there is no index");
  const index = JSON.parse(new TextDecoder().decode(found.bytes));
  assert.equal(found.mediaType, index.mediaType);
  return index.manifests;
}

const tagLines = (fake: FakeRegistry) =>
  fake.lines().filter((line) => line.includes(TAG));

test("a registry that lists what refers to a manifest gets no tag (req-066)", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, image);
  await pushTo(fake, signature, { to: `${NAME}:sig` });
  assertSane(fake);
  assert.deepEqual(tagLines(fake), []);
  assert.deepEqual([...fake.tags.keys()], ["team/app:1", "team/app:sig"]);
  assert.equal(fake.lines().some((line) => /referrers/.test(line)), false);
});

test("one that lists it and does not say so gets none either", async () => {
  const fake = fakeRegistry({ quirks: { noSubjectHeader: true } });
  await pushTo(fake, image);
  await pushTo(fake, signature, { to: `${NAME}:sig` });
  assert.deepEqual(tagLines(fake), []);
});

test("a registry without the list gets an index under the tag of the subject (req-066, req-068)", async () => {
  const fake = fakeRegistry(noReferrers);
  await pushTo(fake, image);
  await pushTo(fake, signature, { to: `${NAME}:sig` });
  assertSane(fake);
  assert.match(TAG, /^sha256-[0-9a-f]{64}$/);
  assert.deepEqual(tagLines(fake), [
    `GET /v2/team/app/manifests/${TAG}`,
    `PUT /v2/team/app/manifests/${TAG}`,
    // Somebody else may have written it meanwhile.
    `GET /v2/team/app/manifests/${TAG}`,
  ]);
  assert.deepEqual(listed(fake).map(({ digest }) => digest), [
    signature.manifest.descriptor.digest,
  ]);
});

test("an entry has the artifact type, else that of the configuration, and all annotations (req-067)", async () => {
  const fake = fakeRegistry(noReferrers);
  await pushTo(fake, image);
  await pushTo(fake, signature, { to: `${NAME}:sig` });
  await pushTo(fake, plain, { to: `${NAME}:plain` });
  const index = await sampleIndex([], {
    subject,
    artifactType: "application/vnd.test.set",
  });
  await pushTo(fake, index, { to: `${NAME}:set` });
  assert.deepEqual(listed(fake), [
    {
      ...signature.manifest.descriptor,
      artifactType: "application/vnd.test.signature",
      annotations,
    },
    {
      ...plain.manifest.descriptor,
      artifactType: "application/vnd.oci.empty.v1+json",
    },
    { ...index.manifest.descriptor, artifactType: "application/vnd.test.set" },
  ]);
  // What is read of it is what was written.
  const registry = new Registry(NAME, { fetch: fake.fetch });
  const found: Descriptor[] = [];
  for await (const it of registry.referrers(subject.digest)) found.push(it);
  assert.deepEqual(found, listed(fake));
});

test("what is listed is not listed twice, and what a push left out is made up for", async () => {
  const fake = fakeRegistry(noReferrers);
  const to = { to: `${NAME}:sig` };
  await pushTo(fake, image);
  await pushTo(fake, signature, to);
  fake.requests.length = 0;
  await pushTo(fake, signature, to);
  assert.equal(fake.lines().some((line) => line.startsWith("PUT")), false);
  assert.equal(listed(fake).length, 1);
  fake.tags.delete(`team/app:${TAG}`);
  await pushTo(fake, signature, to);
  assert.equal(listed(fake).length, 1);
});

test("entries of others stay as they are", async () => {
  const fake = fakeRegistry(noReferrers);
  await pushTo(fake, image);
  const other = {
    ...subject,
    mediaType: mediaTypes.oci.manifest,
    artifactType: "application/vnd.other",
    "org.example.unknown": { a: [1] },
  };
  const old = await sampleIndex([], {
    manifests: [other],
    annotations: { "org.example.kept": "yes" },
  });
  await pushTo(fake, old, { to: `${NAME}:${TAG}` });
  await pushTo(fake, signature, { to: `${NAME}:sig` });
  assert.deepEqual(listed(fake)[0], other);
  assert.equal(listed(fake).length, 2);
  const digest = fake.tags.get(`team/app:${TAG}`);
  const bytes = fake.manifests.get(`team/app@${digest}`)?.bytes;
  assert.match(new TextDecoder().decode(bytes), /"org.example.kept":"yes"/);
});

test("a tag that names no index is left alone, and that is an error", async () => {
  const fake = fakeRegistry(noReferrers);
  await pushTo(fake, image, { to: `${NAME}:${TAG}` });
  await assert.rejects(pushTo(fake, signature, { to: `${NAME}:sig` }), {
    code: "REGISTRY",
    message: new RegExp(
      `^Cannot list ${signature.manifest.descriptor.digest} among what ` +
        `refers to ${NAME}@${subject.digest}: the tag ${TAG} names a manifest`,
    ),
  });
  assert.equal(fake.tags.get(`team/app:${TAG}`), subject.digest);
});

test("an entry that another has overwritten is added again, and there is an end to that", async () => {
  const fake = fakeRegistry(noReferrers);
  await pushTo(fake, image);
  await pushTo(fake, plain, { to: `${NAME}:plain` });
  const theirs = fake.tags.get(`team/app:${TAG}`) ?? "";
  let losses = 2;
  fake.override(new RegExp(`^PUT .*${TAG}`), async (_, next) => {
    const answer = await next();
    if (losses-- > 0) fake.tags.set(`team/app:${TAG}`, theirs);
    return answer;
  });
  await pushTo(fake, signature, { to: `${NAME}:sig` });
  assert.equal(listed(fake).length, 2);
  losses = Infinity;
  const late = await sampleArtifact(manyBytes(60, 3), { subject });
  await assert.rejects(pushTo(fake, late, { to: `${NAME}:late` }), {
    code: "REGISTRY",
    message: /is overwritten again and again\. Push again/,
  });
});

test("an index that the registry does not take is an error", async () => {
  const fake = fakeRegistry(noReferrers);
  await pushTo(fake, image);
  fake.inject({
    match: new RegExp(`^PUT .*${TAG}`),
    fault: { kind: "status", status: 403 },
  });
  await assert.rejects(pushTo(fake, signature, { to: `${NAME}:sig` }), {
    name: "RegistryError",
    status: 403,
  });
});
