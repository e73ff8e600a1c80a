import assert from "node:assert/strict";
import { test } from "node:test";
import type { Publishable } from "../../../src/image/publishable.ts";
import { imageBlobs } from "../../../src/image/image_blobs.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { pull } from "../../../src/transfer/pull.ts";
import { readPublishable } from "../../../src/transfer/read_publishable.ts";
import {
  assertSane,
  type FakeRegistry,
  fakeRegistry,
} from "../../support/fake_registry.ts";
import { sampleImage } from "../sample_image.ts";
import { bodyLines, manyBytes, pushTo } from "./push_to.ts";

const image = await sampleImage(manyBytes(1000), manyBytes(2000, 2));

/** An image of a registry, as it is copied. */
async function from(fake: FakeRegistry, name: string): Promise<Publishable> {
  return await readPublishable(new Registry(name, { fetch: fake.fetch }));
}

const mounts = (fake: FakeRegistry) =>
  fake.requests.filter(({ url }) => url.searchParams.has("mount"))
    .map(({ url }) => url.searchParams.get("from"));
const reads = (fake: FakeRegistry) =>
  fake.lines().filter((line) => /^GET .*blobs/.test(line));

test("blobs of another repository of the registry are mounted, and not read", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, image, { to: "registry.test/team/base:1" });
  const copy = await from(fake, "registry.test/team/base:1");
  fake.requests.length = 0;
  await pushTo(fake, copy, { mountFrom: ["team/other", "team/base"] });
  assertSane(fake);
  assert.deepEqual(mounts(fake), Array(3).fill("team/base"));
  assert.deepEqual(reads(fake), []);
  assert.deepEqual(bodyLines(fake), []);
});

test("a base is mounted below an image that is built on it", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, image, { to: "registry.test/team/base:1" });
  const base = await pull(
    new Registry("registry.test/team/base:1", { fetch: fake.fetch }),
  );
  fake.requests.length = 0;
  await pushTo(fake, base);
  assertSane(fake);
  // Its configuration is at hand.
  assert.deepEqual(mounts(fake), ["team/base", "team/base"]);
  assert.deepEqual(reads(fake), []);
});

test("a base that is there already costs one HEAD for each blob", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, image, { to: "registry.test/team/app:base" });
  const base = await pull(
    new Registry("registry.test/team/app:base", { fetch: fake.fetch }),
  );
  fake.requests.length = 0;
  await pushTo(fake, base);
  assert.deepEqual(fake.lines(), [
    "HEAD /v2/team/app/manifests/1",
    ...imageBlobs(base).map(({ descriptor }) =>
      `HEAD /v2/team/app/blobs/${descriptor.digest}`
    ),
    "PUT /v2/team/app/manifests/1",
  ]);
});

test("where the mount is refused, or comes to nothing, the bytes are streamed", async () => {
  for (const mount of ["ignored", { status: 405 }] as const) {
    const fake = fakeRegistry({
      quirks: {
        mount: mount === "ignored" ? mount : { ...mount, code: "UNSUPPORTED" },
      },
    });
    await pushTo(fake, image, { to: "registry.test/team/base:1" });
    const copy = await from(fake, "registry.test/team/base:1");
    fake.requests.length = 0;
    await pushTo(fake, copy);
    assertSane(fake);
    for (const { digest } of image.layers) {
      assert.equal(reads(fake).filter((it) => it.endsWith(digest)).length, 1);
    }
    assert.equal(bodyLines(fake).length, 3);
    assert.equal(fake.uploads.size, 0);
  }
});

test("nothing is mounted from another registry", async () => {
  const [source, target] = [fakeRegistry(), fakeRegistry()];
  await pushTo(source, image, { to: "registry.test/team/base:1" });
  const copy = await from(source, "registry.test/team/base:1");
  await pushTo(target, copy, { to: "other.test/team/app:1" });
  assertSane(target);
  assert.deepEqual(mounts(target), []);
  assert.equal(bodyLines(target).length, 3);
});

test("Docker Hub is one registry under all its names", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, image, { to: "docker.io/library/base:1" });
  const names = ["base:1", "index.docker.io/library/base:1"];
  for (const [n, name] of names.entries()) {
    const copy = await from(fake, name);
    fake.requests.length = 0;
    const to = `registry-1.docker.io/team/app${n}:1`;
    await pushTo(fake, copy, { to });
    assert.deepEqual(mounts(fake), Array(3).fill("library/base"));
  }
});
