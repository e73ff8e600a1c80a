import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegistryError } from "../../../src/registry/registry_error.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import {
  assertSane,
  errorResponse,
  fakeRegistry,
  type Fault,
  type Quirks,
} from "../../support/fake_registry.ts";
import { sampleImage } from "../sample_image.ts";
import { bodyLines, manyBytes, MIB, pushTo } from "./push_to.ts";

const small = await sampleImage(manyBytes(1000));
const large = await sampleImage(manyBytes(3 * MIB));
/** More than goes up whole once it has broken off. */
const huge = await sampleImage(manyBytes(40 * MIB));
const HALF = 1.5 * MIB;
/** So that blobs of a few MiB go up in two parts. */
const inParts: Quirks = { maxPut: 2 * MIB };

const lineCount = (fake: { lines(): string[] }, pattern: RegExp) =>
  fake.lines().filter((line) => pattern.test(line)).length;

test("a PUT that breaks off is sent anew from its start, in a fresh session (fault: reset in the middle of an upload body)", async () => {
  const fake = fakeRegistry();
  fake.inject({
    match: /^PUT .*uploads/,
    fault: { kind: "reset", when: "during", bytes: 500 },
  });
  await pushTo(fake, small);
  assertSane(fake);
  assert.equal(lineCount(fake, /^POST/), 3);
  assert.deepEqual(bodyLines(fake), ["PUT", "PUT", "PUT"]);
});

test("a PUT that was answered 5xx, or not at all, may have been stored (fault: PUT answers 5xx although the blob is stored)", async () => {
  const faults: Fault[] = [
    { kind: "status", status: 500, stored: true },
    { kind: "status", status: 504, stored: true },
    { kind: "reset", when: "after" },
  ];
  for (const fault of faults) {
    for (const quirks of [{}, inParts]) {
      const fake = fakeRegistry({ quirks });
      // In parts, the first PUT is the whole that is too large.
      const at = quirks === inParts ? 2 : 1;
      fake.inject({ match: /^PUT .*uploads/, at, fault });
      await pushTo(fake, large);
      assertSane(fake);
      assert.equal(fake.faultCount, 1);
      const puts = lineCount(fake, /^PUT .*uploads/);
      assert.equal(puts, at + 1, "it was not sent again");
    }
  }
});

test("what fails for a while is sent again, and what fails for ever ends in bounded time", async () => {
  for (const status of [408, 429, 500, 502, 503, 504]) {
    const fake = fakeRegistry();
    const match = /^PUT .*uploads/;
    fake.inject({ match, times: 3, fault: { kind: "status", status } });
    await pushTo(fake, small);
    assertSane(fake);
    assert.equal(lineCount(fake, match), 5);
  }
  const fake = fakeRegistry();
  fake.override(
    /^PUT .*uploads/,
    () => errorResponse(429, "TOOMANYREQUESTS", "quota exceeded"),
  );
  const clock = fakeClock();
  const start = clock.now();
  await assert.rejects(
    pushTo(fake, small, { clock }),
    (error: RegistryError) => {
      assert.equal(error.status, 429);
      assert.match(error.message, /quota exceeded/);
      return true;
    },
  );
  assert.equal(lineCount(fake, /^PUT/), 6);
  assert.ok(fake.requestCount < 40, String(fake.requestCount));
  assert.ok(clock.now() - start < 300_000);
  assert.equal(fake.tags.size, 0);
  assert.equal(fake.uploads.size, 0);
});

test("a registry is left alone for as long as it asks (fault: 429, Retry-After seconds)", async () => {
  const fake = fakeRegistry();
  fake.inject({
    match: /^PUT .*uploads/,
    fault: { kind: "status", status: 429, headers: { "retry-after": "7" } },
  });
  const clock = fakeClock();
  await pushTo(fake, small, { clock });
  assert.ok(clock.sleeps.some((sleep) => sleep >= 7000));
  const impatient = fakeRegistry();
  impatient.inject({
    match: /^PUT .*uploads/,
    fault: { kind: "status", status: 503, headers: { "retry-after": "900" } },
  });
  await assert.rejects(pushTo(impatient, small), /15 minutes/);
});

test("after a break an upload goes on from what the registry has (req-052)", async () => {
  // The bytes of parts that came whole, or every byte that came.
  for (const resumable of ["completed", "all"] as const) {
    for (const when of ["before", "during", "after"] as const) {
      const fake = fakeRegistry({ quirks: { ...inParts, resumable } });
      fake.inject({
        match: /^PATCH/,
        at: 2,
        fault: { kind: "reset", when, bytes: 1000 },
      });
      await pushTo(fake, large);
      assertSane(fake);
      const start = when === "after"
        ? undefined
        : when === "during" && resumable === "all"
        ? HALF + 1000
        : HALF;
      const expected = start === undefined
        ? ["PUT", "PUT"]
        : [`PATCH ${start}-${3 * MIB - 1}`, "PUT", "PUT"];
      assert.deepEqual(bodyLines(fake).slice(3), expected);
      // Two attempts at the large blob, and the configuration.
      assert.equal(lineCount(fake, /^POST/), 3);
    }
  }
});

test("a registry that has forgotten the upload gets a fresh one (req-053)", async () => {
  for (
    const quirks of [
      { resumable: "none" },
      { resumable: "none", strictStatus: true, anyOrder: true },
      { uploadStatus: { status: 400, code: "UNSUPPORTED" } },
      { uploadStatus: { status: 404, code: "BLOB_UPLOAD_UNKNOWN" } },
    ] as const
  ) {
    const fake = fakeRegistry({ quirks: { ...inParts, ...quirks } });
    fake.inject({
      match: /^PATCH/,
      at: 2,
      fault: { kind: "reset", when: "during", bytes: 1000 },
    });
    await pushTo(fake, large);
    assertSane(fake);
    const patches = bodyLines(fake).filter((line) => line.startsWith("PATCH"));
    assert.deepEqual(patches.slice(2), [
      `PATCH 0-${HALF - 1}`,
      `PATCH ${HALF}-${3 * MIB - 1}`,
    ]);
  }
});

test("a large blob that broke off goes on in parts, so that the next break costs less", async () => {
  const fake = fakeRegistry({ quirks: { resumable: "none" } });
  const broken = { kind: "reset", when: "during", bytes: 100 } as const;
  fake.inject({ match: /^PUT .*uploads/, fault: broken });
  await pushTo(fake, huge);
  assertSane(fake);
  assert.deepEqual(bodyLines(fake).slice(0, 4), [
    "PUT",
    `PATCH 0-${16 * MIB - 1}`,
    `PATCH ${16 * MIB}-${32 * MIB - 1}`,
    `PATCH ${32 * MIB}-${40 * MIB - 1}`,
  ]);
  const whole = fakeRegistry({
    quirks: { rangedPatch: { status: 400, code: "UNSUPPORTED" } },
  });
  whole.inject({ match: /^PUT .*uploads/, fault: broken });
  await pushTo(whole, huge);
  assertSane(whole);
  assert.equal(bodyLines(whole)[2], "PUT");
});

test("a whole PUT of which the registry has kept something is ended by parts", async () => {
  const fake = fakeRegistry({ quirks: { resumable: "all" } });
  fake.inject({
    match: /^PUT .*uploads/,
    fault: { kind: "reset", when: "during", bytes: 700 },
  });
  const seen: string[] = [];
  await pushTo(fake, small, {
    onProgress: ({ descriptor, state, bytes }) => {
      if (descriptor.size === 1000) seen.push(`${state} ${bytes}`);
    },
  });
  assertSane(fake);
  assert.deepEqual(bodyLines(fake).slice(0, 3), [
    "PUT",
    "PATCH 700-999",
    "PUT",
  ]);
  assert.deepEqual(seen.slice(-3), ["bytes 700", "bytes 1000", "done 1000"]);
});

test("progress counts attempts anew, standing still does not", async () => {
  const twelve = await sampleImage(manyBytes(12 * MIB));
  const fake = fakeRegistry({
    quirks: { ...inParts, maxChunk: MIB, resumable: "all" },
  });
  // Every part breaks off, and something of it is kept each time.
  let parts = 0;
  fake.override(/^PATCH/, (_, next) => {
    fake.inject({
      match: /^PATCH/,
      fault: { kind: "reset", when: "during", bytes: MIB / 2 },
    });
    parts++;
    return next();
  });
  await pushTo(fake, twelve);
  assertSane(fake);
  assert.ok(parts > 6, String(parts));

  const slow = fakeRegistry({ quirks: { ...inParts, resumable: "all" } });
  slow.inject({
    match: /^PATCH/,
    times: Infinity,
    fault: { kind: "reset", when: "during", bytes: 1000 },
  });
  await assert.rejects(pushTo(slow, twelve), { code: "NETWORK" });
  const attempts = lineCount(slow, /^PATCH/);
  assert.ok(attempts < 100, `${attempts} for a kilobyte each`);
});

test("where something else had arrived, nothing is put together", async () => {
  const fake = fakeRegistry({ quirks: { resumable: "all" } });
  const match = /^PUT .*uploads/;
  fake.inject({ match, fault: { kind: "shortWrite", bytes: 500 } });
  const broken = { kind: "reset", when: "during", bytes: 700 } as const;
  fake.inject({ match, at: 2, fault: broken });
  await pushTo(fake, small);
  assertSane(fake);
  assert.deepEqual(bodyLines(fake), ["PUT", "PUT", "PUT", "PUT"]);
});

test("an upload that was lost is begun again (GHCR, Artifactory)", async () => {
  for (const lostUploads of [1, 2]) {
    const fake = fakeRegistry({ quirks: { lostUploads } });
    await pushTo(fake, small);
    assertSane(fake);
  }
  const never = fakeRegistry({ quirks: { lostUploads: 1e9 } });
  await assert.rejects(pushTo(never, small), /BLOB_UPLOAD_UNKNOWN/);
  assert.ok(never.requestCount < 40, String(never.requestCount));
});

test("a token that runs out in the middle is replaced (fault: 401 in mid-operation)", async () => {
  const account = { username: "alice", password: "s3cret" };
  for (const match of [/^PATCH/, /^PUT .*uploads/, /^GET .*uploads/]) {
    const auth = { scheme: "bearer", ...account } as const;
    const fake = fakeRegistry({ auth, quirks: { ...inParts, range: "stale" } });
    fake.inject({ match, fault: { kind: "expireTokens" } });
    await pushTo(fake, large, { credentials: () => account });
    assertSane(fake);
    assert.equal(fake.faultCount, 1);
  }
});

test("what is the fault of the bytes themselves is no reason to go on", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(manyBytes(100));
  const [layer] = image.layers;
  assert.ok(layer);
  const broken = {
    ...image,
    layers: [{
      ...layer,
      chunks: () => [manyBytes(99)],
      slice: undefined,
    }],
  };
  await assert.rejects(pushTo(fake, broken), { code: "TARGET" });
  assert.equal(lineCount(fake, /^POST/), 1);
  assert.equal(fake.uploads.size, 0);
});

test("an upload that is stopped is cancelled (req-054) (fault: abort signal / deadline: no leaked timer; session DELETEd)", async () => {
  for (const quirks of [{}, inParts]) {
    const fake = fakeRegistry({ quirks });
    const controller = new AbortController();
    const line = quirks === inParts ? /^PATCH/ : /^PUT/;
    fake.override(line, (request, next) => {
      if (quirks === inParts && bodyLines(fake).length < 3) return next();
      controller.abort();
      request.signal.throwIfAborted();
      throw new Error("was not stopped");
    });
    const clock = fakeClock();
    const { signal } = controller;
    await assert.rejects(pushTo(fake, large, { clock, signal }), {
      code: "ABORTED",
    });
    assert.deepEqual(clock.waiting, []);
    assert.match(fake.lines().at(-1) ?? "", /^DELETE/);
    assert.equal(fake.uploads.size, 0);
    assert.equal(fake.tags.size, 0);
  }
  // A registry that does not allow it is no matter.
  const fake = fakeRegistry();
  const controller = new AbortController();
  fake.override(/^PUT/, () => {
    controller.abort();
    throw new Error("reset");
  });
  fake.override(/^DELETE/, () => errorResponse(405, "UNSUPPORTED"));
  await assert.rejects(
    pushTo(fake, small, { signal: controller.signal }),
    { code: "ABORTED" },
  );
});

test("a wait between attempts ends with the signal", async () => {
  const fake = fakeRegistry();
  const match = /^PUT .*uploads/;
  fake.inject({ match, times: 9, fault: { kind: "status", status: 503 } });
  const clock = fakeClock({ passes: 0 });
  const controller = new AbortController();
  const push = pushTo(fake, small, { clock, signal: controller.signal });
  const ended = assert.rejects(push, { code: "ABORTED" });
  while (lineCount(fake, match) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await clock.untilWaiting();
  controller.abort();
  await ended;
  assert.deepEqual(clock.waiting, []);
});
