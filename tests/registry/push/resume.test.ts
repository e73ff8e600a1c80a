import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  UploadJournal,
  UploadRecord,
} from "../../../src/registry/push/upload_journal.ts";
import {
  assertSane,
  type FakeRegistry,
  fakeRegistry,
} from "../../support/fake_registry.ts";
import { sampleImage } from "../sample_image.ts";
import { bodyLines, manyBytes, MIB, NAME, pushTo } from "./push_to.ts";

const image = await sampleImage(manyBytes(40 * MIB));
const digest = image.layers[0]?.digest ?? "";
const PART = 16 * MIB;

/** A journal in memory, and what it has been told. */
function memoryJournal(): UploadJournal & {
  readonly records: Map<string, UploadRecord>;
} {
  const records = new Map<string, UploadRecord>();
  const name = (key: { repository: string; digest: string }) =>
    `${key.repository}@${key.digest}`;
  return {
    records,
    load: (key) => Promise.resolve(records.get(name(key))),
    save: (key, record) => {
      records.set(name(key), record);
      return Promise.resolve();
    },
    remove: (key) => {
      records.delete(name(key));
      return Promise.resolve();
    },
  };
}

/** Pushes until the n-th request that fits, in whose middle it is stopped. */
async function pushUntil(
  fake: FakeRegistry,
  pattern: RegExp,
  journal: UploadJournal,
  at = 1,
): Promise<void> {
  const controller = new AbortController();
  let left = at;
  fake.override(pattern, (request, next) => {
    if (--left > 0) return next();
    controller.abort();
    request.signal.throwIfAborted();
    throw new Error("was not stopped");
  }, at);
  await assert.rejects(
    pushTo(fake, image, { signal: controller.signal, journal }),
    { code: "ABORTED" },
  );
  fake.requests.length = 0;
}

test("an upload goes on in the next run where the registry says that it was", async () => {
  const fake = fakeRegistry();
  const journal = memoryJournal();
  // The first run sends the blob whole, of which nothing is confirmed.
  await pushUntil(fake, /^PUT/, journal);
  assert.deepEqual([...journal.records.keys()], [`${NAME}@${digest}`]);
  assert.equal(fake.uploads.size, 0, "what has nothing is cancelled");

  // The second one sends parts, two of which arrive.
  await pushUntil(fake, /^PATCH/, journal, 3);
  assert.equal(journal.records.get(`${NAME}@${digest}`)?.offset, 2 * PART);
  assert.equal(fake.uploads.size, 1, "what has something is kept");

  // The third one sends what is missing.
  const before = fake.bytesReceived;
  const seen: string[] = [];
  await pushTo(fake, image, {
    journal,
    onProgress: ({ descriptor, state, bytes }) => {
      if (descriptor.digest === digest) seen.push(`${state} ${bytes}`);
    },
  });
  assertSane(fake);
  assert.equal(fake.lines()[2]?.split(" ")[0], "GET");
  assert.deepEqual(bodyLines(fake).slice(0, 2), [
    `PATCH ${2 * PART}-${40 * MIB - 1}`,
    "PUT",
  ]);
  assert.ok(fake.bytesReceived - before < 9 * MIB);
  assert.equal(seen[0], `start ${2 * PART}`);
  assert.equal(seen.at(-1), `done ${40 * MIB}`);
  assert.deepEqual([...journal.records], []);
});

test("what is there of an upload is worth more than one that a mount has begun", async () => {
  const fake = fakeRegistry({ quirks: { mount: "ignored" } });
  const journal = memoryJournal();
  await pushUntil(fake, /^PUT/, journal);
  await pushUntil(fake, /^PATCH/, journal, 3);
  await pushTo(fake, image, { journal, mountFrom: ["team/base"] });
  assertSane(fake);
  assert.equal(bodyLines(fake)[0], `PATCH ${2 * PART}-${40 * MIB - 1}`);
  assert.equal(fake.uploads.size, 0);
  // Where there is nothing of it, the one that the mount has begun will do.
  const other = fakeRegistry({ quirks: { mount: "ignored" } });
  const records: UploadRecord[] = [];
  await pushTo(other, image, {
    journal: {
      ...memoryJournal(),
      save: (_, record) => Promise.resolve(void records.push(record)),
    },
    mountFrom: ["team/base"],
  });
  assertSane(other);
  assert.equal(records.length, 1);
  assert.equal(other.lines().filter((line) => /^POST/.test(line)).length, 2);
});

test("an upload that the registry has forgotten is begun anew, in parts", async () => {
  for (const status of [400, 404, 500]) {
    const fake = fakeRegistry({
      quirks: { uploadStatus: { status, code: "BLOB_UPLOAD_UNKNOWN" } },
    });
    const journal = memoryJournal();
    await pushUntil(fake, /^PUT/, journal);
    await pushUntil(fake, /^PATCH/, journal, 2);
    await pushTo(fake, image, { journal });
    assertSane(fake);
    assert.equal(bodyLines(fake)[0], `PATCH 0-${PART - 1}`);
    assert.deepEqual([...journal.records], []);
  }
});

test("a record is a hint: whatever it says, the right bytes arrive", async () => {
  const records: UploadRecord[] = [
    { location: "", offset: 5 },
    { location: "http://[", offset: 5 },
    { location: "/v2/team/app/blobs/uploads/none", offset: 99 * MIB },
    { location: "/", offset: 5 },
    { location: "https://elsewhere.test/up/1", offset: 5 },
  ];
  for (const record of records) {
    const fake = fakeRegistry();
    const journal = memoryJournal();
    journal.records.set(`${NAME}@${digest}`, record);
    await pushTo(fake, image, { journal });
    assertSane(fake);
  }
});

test("a record leads to no address that the registry could not (rule 15: upload Location)", async () => {
  const account = { username: "alice", password: "s3cret" };
  for (
    const location of [
      "http://169.254.169.254/latest/meta-data",
      "https://10.0.0.1/up",
      "http://registry.test:8080/up",
      "file:///etc/passwd",
    ]
  ) {
    const fake = fakeRegistry({ auth: { scheme: "basic", ...account } });
    const journal = memoryJournal();
    journal.records.set(`${NAME}@${digest}`, { location, offset: 5 });
    await pushTo(fake, image, { journal, credentials: () => account });
    assertSane(fake);
    const origins = new Set(fake.requests.map(({ url }) => url.origin));
    assert.deepEqual([...origins], ["https://registry.test"]);
  }
});

test("a registry that says more than there is, or nothing, is not believed", async () => {
  for (const range of ["0-0", `0-${41 * MIB}`, "x", null]) {
    const fake = fakeRegistry();
    const journal = memoryJournal();
    await pushUntil(fake, /^PUT/, journal);
    await pushUntil(fake, /^PATCH/, journal, 2);
    fake.override(/^GET .*uploads/, async (_, next) => {
      const response = await next();
      if (range === null) response.headers.delete("range");
      else response.headers.set("range", range);
      return response;
    });
    await pushTo(fake, image, { journal });
    assertSane(fake);
    assert.equal(bodyLines(fake)[0], `PATCH 0-${PART - 1}`);
  }
});

test("an upload of which all bytes have arrived needs no more of them", async () => {
  const fake = fakeRegistry();
  const journal = memoryJournal();
  await pushUntil(fake, /^PUT/, journal);
  await pushUntil(fake, /^PUT/, journal);
  assert.equal(journal.records.get(`${NAME}@${digest}`)?.offset, 40 * MIB);
  await pushTo(fake, image, { journal });
  assertSane(fake);
  assert.deepEqual(bodyLines(fake), ["PUT", "PUT"]);
});

test("what is there already is forgotten, and small blobs are not remembered", async () => {
  const fake = fakeRegistry();
  const journal = memoryJournal();
  await pushTo(fake, image);
  journal.records.set(`${NAME}@${digest}`, { location: "/x", offset: 1 });
  await pushTo(fake, image, { journal, to: `${NAME}:2` });
  assert.deepEqual([...journal.records], []);

  const saved: string[] = [];
  await pushTo(fake, await sampleImage(manyBytes(MIB, 3)), {
    journal: {
      ...journal,
      save: ({ digest }) => Promise.resolve(void saved.push(digest)),
    },
  });
  assert.deepEqual(saved, []);
});

test("a registry that has less than it had confirmed is not relied on", async () => {
  // ECR tells of the first part alone, and has all.
  const fake = fakeRegistry({ quirks: { range: "stale", anyOrder: true } });
  const journal = memoryJournal();
  await pushUntil(fake, /^PUT/, journal);
  await pushUntil(fake, /^PATCH/, journal, 3);
  await pushTo(fake, image, { journal });
  assertSane(fake);
  assert.equal(bodyLines(fake)[0], `PATCH 0-${PART - 1}`);
  assert.equal(bodyLines(fake).length, 5);
});

test("two pushes that take the same upload for theirs both succeed", async () => {
  for (
    const quirks of [
      {},
      { anyOrder: true },
      { anyOrder: true, range: "missing" },
      { strictStatus: true },
      { maxBody: PART },
    ] as const
  ) {
    const fake = fakeRegistry({ quirks });
    const journal = memoryJournal();
    await pushUntil(fake, /^PUT/, journal);
    await pushUntil(fake, /^PATCH/, journal, 2);
    // The second one begins where the first is about to go on.
    let second: Promise<void> | undefined;
    fake.override(/^PATCH/, async (_, next) => {
      second ??= pushTo(fake, image, { journal, to: `${NAME}:2` });
      await new Promise((resolve) => setTimeout(resolve, 5));
      return await next();
    });
    await pushTo(fake, image, { journal });
    await second;
    assertSane(fake);
    assert.deepEqual([...fake.tags.keys()].sort(), [
      "team/app:1",
      "team/app:2",
    ]);
    assert.deepEqual([...journal.records], []);
    assert.ok(fake.bytesReceived < 5 * 40 * MIB, String(fake.bytesReceived));
  }
});
