import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource } from "../../../src/bytes/byte_source.ts";
import type { Entry } from "../../../src/tar/entry.ts";
import { guardSecrets } from "../../../src/tree/secrets/guard_secrets.ts";
import type { SecretFinding } from "../../../src/tree/secrets/secret_finding.ts";

const token = "_authToken=t";

async function guarded(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  allow?: string[],
): Promise<{ passed: Entry[]; reports: string[][] }> {
  const passed: Entry[] = [];
  const reports: string[][] = [];
  const report = (findings: readonly SecretFinding[]) => {
    reports.push(findings.map(({ path }) => path));
  };
  const options = { report, ...(allow && { allow }) };
  for await (const entry of guardSecrets(entries, options)) passed.push(entry);
  return { passed, reports };
}

test("entries pass in order, and what was found is told once", async () => {
  const bytes = new TextEncoder().encode(token);
  const source = bytesSource(bytes);
  const entries: Entry[] = [
    { type: "directory", path: ".git" },
    { type: "file", path: ".git/config", body: "" },
    { type: "file", path: "text/.npmrc", body: token },
    { type: "file", path: "bytes/.npmrc", body: bytes },
    { type: "file", path: "source/.npmrc", body: source },
    { type: "file", path: "blob/.npmrc", body: new Blob([bytes]) },
    { type: "file", path: "none/.npmrc", body: "a=b" },
    { type: "symlink", path: "s/.env", target: "x" },
    { type: "whiteout", path: "w/.env" },
    { type: "opaque", path: ".aws" },
    { type: "hardlink", path: "h/.env", target: "x" },
  ];
  const { passed, reports } = await guarded(entries);
  assert.equal(passed.length, entries.length);
  passed.forEach((entry, index) => assert.equal(entry, entries[index]));
  assert.deepEqual(reports, [[
    ".git",
    "text/.npmrc",
    "bytes/.npmrc",
    "source/.npmrc",
    "blob/.npmrc",
    "h/.env",
  ]]);
});

test("nothing is told where nothing was found", async () => {
  async function* entries(): AsyncGenerator<Entry> {
    yield await Promise.resolve({ type: "file", path: ".env", body: "" });
  }
  const { passed, reports } = await guarded(entries(), [".env"]);
  assert.equal(passed.length, 1);
  assert.deepEqual(reports, []);
});

test("streams are not touched", async () => {
  const stream = () => new Response(token).body!;
  const body = stream();
  const { reports } = await guarded([
    { type: "file", path: ".npmrc", body },
    { type: "file", path: "a.pem", body: stream() },
    { type: "file", path: "id_rsa", body: stream() },
  ]);
  assert.deepEqual(reports, [[".npmrc", "id_rsa"]]);
  assert.ok(!body.locked);
  assert.equal(await new Response(body).text(), token);
});

test("what cannot be read, or is nothing, is left to the packing", async () => {
  const body = {
    size: 1,
    stream: () => {
      throw new Error("broken");
    },
  };
  const entries = [
    { type: "file", path: "a.pem", body },
    { type: "file", path: "b.pem", body: 1 },
    { type: "file", body: "" },
    null,
  ] as unknown as Entry[];
  const { passed, reports } = await guarded(entries);
  assert.equal(passed.length, 4);
  assert.deepEqual(reports, []);
});

test("what report throws ends the entries", async () => {
  const report = () => {
    throw new Error("no secrets here");
  };
  const entries: Entry[] = [{ type: "file", path: ".env", body: "" }];
  await assert.rejects(
    Array.fromAsync(guardSecrets(entries, { report })),
    /no secrets here/,
  );
});

test("who stops asking ends the entries", async () => {
  let ended = false;
  function* entries(): Generator<Entry> {
    try {
      while (true) yield { type: "file", path: ".env", body: "" };
    } finally {
      ended = true;
    }
  }
  const report = () => assert.fail("not at the end");
  for await (const _ of guardSecrets(entries(), { report })) break;
  assert.ok(ended);
});
