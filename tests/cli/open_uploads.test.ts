import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenUploads } from "../../src/cli/open_uploads.ts";
import type { UploadJournal } from "../../src/registry/push/upload_journal.ts";

test("what is remembered and not forgotten can be gone on with", async () => {
  const calls: string[] = [];
  const record = { location: "https://ghcr.io/upload", offset: 5 };
  const journal: UploadJournal = {
    load: ({ digest }) => {
      calls.push(`load ${digest}`);
      return Promise.resolve(record);
    },
    save: ({ digest }, { offset }) => {
      calls.push(`save ${digest} ${offset}`);
      return Promise.resolve();
    },
    remove: ({ digest }) => {
      calls.push(`remove ${digest}`);
      return Promise.resolve();
    },
  };
  const uploads = new OpenUploads(journal);
  const repository = "ghcr.io/me/app";
  const a = { repository, digest: "sha256:a" };
  const b = { repository, digest: "sha256:b" };
  assert.equal(uploads.isResumable, false);
  assert.deepEqual(await uploads.load(a), record);
  assert.equal(uploads.isResumable, true);
  await uploads.save(a, { ...record, offset: 0 });
  assert.equal(uploads.isResumable, false);
  await uploads.save(a, { ...record, offset: 9 });
  await uploads.save(b, record);
  assert.equal(uploads.isResumable, true);
  await uploads.remove(b);
  assert.equal(uploads.isResumable, true);
  await uploads.remove(a);
  assert.equal(uploads.isResumable, false);
  assert.deepEqual(calls, [
    "load sha256:a",
    "save sha256:a 0",
    "save sha256:a 9",
    "save sha256:b 5",
    "remove sha256:b",
    "remove sha256:a",
  ]);
});
