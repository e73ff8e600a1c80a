import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource } from "../../../src/bytes/byte_source.ts";
import type {
  ContainerImage,
  Layer,
} from "../../../src/image/container_image.ts";
import type { UploadJournal } from "../../../src/registry/push/upload_journal.ts";
import {
  Registry,
  type RegistryOptions,
} from "../../../src/registry/registry.ts";
import type { LayersAhead } from "../../../src/target/layers_ahead.ts";
import type { Progress } from "../../../src/target/progress.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import {
  assertSane,
  errorResponse,
  type FakeRegistry,
  fakeRegistry,
  type ProfileName,
  profiles,
} from "../../support/fake_registry.ts";
import { sampleImage } from "../sample_image.ts";
import { bodyLines, manyBytes, MIB, NAME } from "./push_to.ts";

const SIZE = 20 * MIB;
const bytes = manyBytes(SIZE);
const large = await sampleImage(bytes);
const small = await sampleImage(manyBytes(1000));

function open(fake: FakeRegistry, options: RegistryOptions = {}): Registry {
  const random = () => 0.5;
  const settings = { fetch: fake.fetch, clock: fakeClock(), random };
  return new Registry(`${NAME}:1`, { ...settings, ...options });
}

/** Lets all have its turn that is under way. */
async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

function layerOf({ layers: [layer] }: ContainerImage): Layer {
  assert.ok(layer);
  return layer;
}

/** Makes the large layer, step by step, and does not finish it. */
async function growing(ahead: LayersAhead, steps = [9, 12, 19]) {
  const sent = ahead.begin();
  for (const step of steps) {
    sent.grow(bytesSource(bytes.subarray(0, step * MIB)));
    await settle();
  }
  return sent;
}

/** Makes the large layer, and writes the image. */
async function pushAhead(
  target: Registry,
  onProgress?: (progress: Progress) => void,
): Promise<void> {
  await using ahead = target.ahead();
  const sent = await growing(ahead);
  sent.finish(layerOf(large));
  await target.write(large, { ...(onProgress && { onProgress }) });
}

test("a layer that is complete is sent while others are made", async () => {
  const fake = fakeRegistry();
  const target = open(fake);
  await using ahead = target.ahead();
  ahead.begin().finish(layerOf(small));
  await settle();
  const { digest } = layerOf(small);
  assert.ok(fake.blobs.has(`team/app@${digest}`));
  const states: string[] = [];
  await target.write(small, {
    onProgress: ({ descriptor, state, bytes }) => {
      if (descriptor.digest !== digest) return;
      assert.equal(
        descriptor.mediaType,
        "application/vnd.oci.image.layer.v1.tar",
      );
      states.push(`${state} ${bytes}`);
    },
  });
  assertSane(fake);
  assert.deepEqual(states, ["start 0", "done 1000"]);
  const asked = fake.lines().filter((line) => line.includes(digest));
  assert.equal(asked.length, 1, "it is asked for once");
});

test("a layer that grows is sent in parts, and its digest comes last", async () => {
  const fake = fakeRegistry();
  const target = open(fake);
  await using ahead = target.ahead();
  const sent = await growing(ahead);
  assert.deepEqual(bodyLines(fake), [
    `PATCH 0-${9 * MIB - 1}`,
    `PATCH ${9 * MIB}-${19 * MIB - 1}`,
  ]);
  sent.finish(layerOf(large));
  const states: string[] = [];
  await target.write(large, {
    onProgress: ({ descriptor, state, bytes }) => {
      if (descriptor.digest !== layerOf(large).digest) return;
      states.push(`${state} ${bytes}`);
    },
  });
  assertSane(fake);
  assert.equal(fake.uploads.size, 0);
  assert.ok(fake.lines().includes(`PATCH /v2/team/app/blobs/uploads/*`));
  assert.equal(fake.bytesReceived, SIZE + large.config.bytes.byteLength);
  assert.equal(states[0], "start 0");
  assert.equal(states.at(-1), `done ${SIZE}`);
});

test("little of a layer is no reason to begin with it", async () => {
  const fake = fakeRegistry();
  await using ahead = open(fake).ahead();
  const sent = await growing(ahead, [1, 3, 4.9]);
  assert.equal(fake.requestCount, 0);
  sent.drop();
  await settle();
  assert.equal(fake.requestCount, 0);
});

test("what the registry turns out to have is not sent to its end", async () => {
  const fake = fakeRegistry();
  await open(fake).write(large);
  fake.tags.clear();
  fake.manifests.clear();
  fake.requests.length = 0;
  const states: string[] = [];
  await pushAhead(open(fake), ({ state }) => states.push(state));
  assertSane(fake);
  assert.equal(fake.uploads.size, 0);
  assert.ok(states.includes("present"));
  assert.equal(bodyLines(fake).length, 2);
  assert.ok(fake.lines().some((line) => line.startsWith("DELETE")));
});

test("what is dropped, or left, is forgotten by the registry", async () => {
  for (const how of ["drop", "dispose", "abort"] as const) {
    const fake = fakeRegistry();
    const stop = new AbortController();
    const ahead = open(fake).ahead({ signal: stop.signal });
    const sent = await growing(ahead);
    assert.equal(fake.uploads.size, 1);
    if (how === "drop") sent.drop();
    if (how === "abort") stop.abort();
    await ahead[Symbol.asyncDispose]();
    assert.equal(fake.uploads.size, 0, how);
    const count = fake.requestCount;
    sent.grow(bytesSource(bytes));
    sent.finish(layerOf(large));
    await settle();
    assert.equal(fake.requestCount, count, "nothing goes on");
  }
});

for (const profile of Object.keys(profiles) as ProfileName[]) {
  test(`a layer reaches a registry ahead, as it is: ${profile}`, async () => {
    const fake = fakeRegistry({ profile });
    await pushAhead(open(fake));
    assertSane(fake);
    assert.equal(fake.uploads.size, 0);
  });
}

test("GHCR gets parts of 4 MiB", async () => {
  const fake = fakeRegistry({ quirks: { maxRangedPatch: 4 * MIB } });
  await pushAhead(open(fake));
  assertSane(fake);
  const lines = bodyLines(fake);
  assert.deepEqual(lines.slice(1, 3), [
    `PATCH 0-${4 * MIB - 1}`,
    `PATCH ${4 * MIB}-${8 * MIB - 1}`,
  ]);
});

test("what takes no parts gets the layer whole, and is not asked again", async () => {
  const fake = fakeRegistry({ profile: "artifactRegistry" });
  const target = open(fake);
  await pushAhead(target);
  assertSane(fake);
  const lines = bodyLines(fake);
  assert.match(lines[0] ?? "", /^PATCH/);
  assert.deepEqual(lines.slice(1), ["PUT", "PUT"]);
  fake.requests.length = 0;
  fake.blobs.clear();
  fake.tags.clear();
  await pushAhead(target);
  assert.deepEqual(bodyLines(fake), ["PUT", "PUT"]);
});

test("after a break the layer goes on from what the registry has", async () => {
  for (const when of ["before", "during", "after"] as const) {
    for (const at of [1, 2]) {
      const fake = fakeRegistry({ quirks: { resumable: "all" } });
      fake.inject({
        match: /^PATCH/,
        at,
        fault: { kind: "reset", when, bytes: 1000 },
      });
      await pushAhead(open(fake));
      assertSane(fake);
      assert.equal(fake.uploads.size, 0, `${when} ${at}`);
      const most = at === 1 ? 30 * MIB : SIZE + MIB;
      assert.ok(fake.bytesReceived < most, String(fake.bytesReceived));
    }
  }
});

test("what does not get through ahead is complained about at the end", async () => {
  const fake = fakeRegistry();
  fake.override(
    /uploads/,
    () => errorResponse(403, "DENIED", "not on a Monday"),
  );
  await assert.rejects(pushAhead(open(fake)), /not on a Monday/);
  const posts = fake.lines().filter((line) => line.startsWith("POST"));
  assert.ok(posts.length <= 3, String(posts.length));
});

test("no more is on its way at the same time than may be", async () => {
  const fake = fakeRegistry();
  let running = 0;
  let most = 0;
  fake.override(/^(?:PUT|PATCH) .*uploads/, async (_, next) => {
    most = Math.max(most, ++running);
    await settle();
    running--;
    return await next();
  });
  const images = await Promise.all(
    [1, 2, 3, 4, 5].map((seed) => sampleImage(manyBytes(1000, seed))),
  );
  const all = await sampleImage(
    ...[1, 2, 3, 4, 5, 6].map((seed) => manyBytes(1000, seed)),
  );
  for (const concurrency of [1, 2]) {
    const target = open(fake, { concurrency });
    most = 0;
    await using ahead = target.ahead();
    const sent = await growing(ahead);
    for (const image of images) ahead.begin().finish(layerOf(image));
    sent.finish(layerOf(large));
    await target.write(all);
    assert.equal(most, concurrency);
    fake.blobs.clear();
    fake.tags.clear();
    fake.manifests.clear();
  }
});

test("of an earlier run and what was sent ahead, the longer one goes on", async () => {
  for (const [stored, expected] of [[4, 19], [19.5, 19.5]]) {
    const fake = fakeRegistry();
    const url = `https://registry.test/v2/team/app/blobs/uploads/`;
    const begun = await fake.fetch(new Request(url, { method: "POST" }));
    const location = new URL(begun.headers.get("location") ?? "", url).href;
    const size = (stored ?? 0) * MIB;
    const sent = await fake.fetch(
      new Request(location, {
        method: "PATCH",
        headers: { "content-type": "application/octet-stream" },
        body: bytes.slice(0, size),
      }),
    );
    const record = {
      location: new URL(sent.headers.get("location") ?? "", url).href,
      offset: size,
    };
    const journal: UploadJournal = {
      load: () => Promise.resolve(record),
      save: () => Promise.resolve(),
      remove: () => Promise.resolve(),
    };
    fake.requests.length = 0;
    const starts: number[] = [];
    await pushAhead(open(fake, { journal }), ({ state, bytes, descriptor }) => {
      const isLayer = descriptor.digest === layerOf(large).digest;
      if (isLayer && state === "start") starts.push(bytes);
    });
    assertSane(fake);
    assert.equal(fake.uploads.size, 0);
    const start = (expected ?? 0) * MIB;
    assert.ok(bodyLines(fake).includes(`PATCH ${start}-${SIZE - 1}`));
    assert.deepEqual(starts, [expected === 19 ? 0 : size]);
  }
});
