import assert from "node:assert/strict";
import { test } from "node:test";
import { UploadMemory } from "../../../src/registry/push/upload_memory.ts";
import {
  assertSane,
  type FakeRegistry,
  fakeRegistry,
  type FakeRegistryOptions,
  type Quirks,
} from "../../support/fake_registry.ts";
import { sampleImage } from "../sample_image.ts";
import { bodyLines, manyBytes, NAME, pushTo } from "./push_to.ts";

const image = await sampleImage(manyBytes(1000), manyBytes(2000, 2));
const account = { username: "alice", password: "s3cret" };
const credentials = () => account;
const mountFrom = ["team/base"];

/** A registry that has the image in another repository. */
async function withBase(
  options: FakeRegistryOptions = {},
): Promise<FakeRegistry> {
  const fake = fakeRegistry(options);
  await pushTo(fake, image, { to: "registry.test/team/base:1", credentials });
  fake.requests.length = 0;
  return fake;
}

const mounts = (fake: FakeRegistry) =>
  fake.requests.filter(({ url }) => url.searchParams.has("mount"));

test("blobs are taken from a repository of the same registry (req-056)", async () => {
  const fake = await withBase();
  const states: string[] = [];
  await pushTo(fake, image, {
    mountFrom,
    onProgress: ({ state, bytes }) => void states.push(`${state} ${bytes}`),
  });
  assertSane(fake);
  assert.deepEqual(bodyLines(fake), []);
  assert.deepEqual(states.slice(0, 3), Array(3).fill("mounted 0"));
  for (const { url, headers } of mounts(fake)) {
    // The names go into the query as they are.
    assert.match(
      url.search,
      /^\?mount=sha256%3A[0-9a-f]{64}&from=team%2Fbase$/,
    );
    assert.equal(headers.get("content-length"), "0");
  }
});

test("a registry that begins an upload instead gets it there (req-056) (fault: mount 202)", async () => {
  const fake = await withBase({ quirks: { mount: "ignored" } });
  await pushTo(fake, image, { mountFrom });
  assertSane(fake);
  const posts = fake.lines().filter((line) => line.startsWith("POST"));
  assert.equal(posts.length, 3);
  assert.equal(fake.uploads.size, 0);
});

test("several repositories are asked, one after the other", async () => {
  const fake = await withBase();
  await pushTo(fake, image, {
    mountFrom: ["team/app", "team/other", "team/base", "team/more"],
  });
  assertSane(fake);
  const asked = mounts(fake).map(({ url }) => url.searchParams.get("from"));
  // Not itself, and nobody once there is one that has it.
  assert.deepEqual(asked.slice(0, 2), ["team/other", "team/base"]);
  assert.equal(asked.length, 6);
  assert.equal(fake.uploads.size, 0, "what was begun in vain is cancelled");
  assert.deepEqual(bodyLines(fake), []);
});

test("a mount that is stopped leaves no upload (req-054) (fault: abort signal / deadline: session DELETEd)", async () => {
  const fake = await withBase({ quirks: { mount: "ignored" } });
  const controller = new AbortController();
  const { signal } = controller;
  let asked = 0;
  fake.override(/^POST/, async (request, next) => {
    if (++asked === 1) return await next();
    controller.abort();
    request.signal.throwIfAborted();
    throw new Error("was not stopped");
  });
  await assert.rejects(
    pushTo(fake, image, { mountFrom: ["team/base", "team/more"], signal }),
    { code: "ABORTED" },
  );
  assert.equal(fake.uploads.size, 0);
});

test("a mount that is refused is an upload (req-057) (fault: mount 202, 401, 403, 404, 500)", async () => {
  for (const status of [400, 401, 403, 404, 405, 500, 503]) {
    const quirks: Quirks = { mount: { status, code: "UNSUPPORTED" } };
    for (const auth of [undefined, { scheme: "bearer", ...account } as const]) {
      const fake = await withBase({ auth, quirks });
      await pushTo(fake, image, { mountFrom, credentials });
      assertSane(fake);
      assert.equal(bodyLines(fake).length, 3, String(status));
      // It is found out once.
      const tries = mounts(fake).length;
      assert.ok(tries === 1 || (status === 401 && tries === 2), `${tries}`);
    }
  }
});

test("a mount that breaks off is an upload", async () => {
  const fake = await withBase();
  fake.inject({ match: /^POST/, fault: { kind: "reset", when: "before" } });
  await pushTo(fake, image, { mountFrom });
  assertSane(fake);
  assert.equal(bodyLines(fake).length, 3);
});

test("a token server that gives nothing for the other repository (GitLab) (req-057)", async () => {
  const fake = await withBase({
    auth: { scheme: "bearer", ...account },
    quirks: {
      foreignScope: { status: 403, code: "DENIED" },
      mountNeedsPull: true,
    },
  });
  await pushTo(fake, image, { mountFrom, credentials });
  assertSane(fake);
});

test("what a registry refused to mount from is remembered for the run", async () => {
  const memory = new UploadMemory();
  const quirks: Quirks = { mount: { status: 405, code: "UNSUPPORTED" } };
  const fake = await withBase({ quirks });
  await pushTo(fake, image, { mountFrom, memory });
  await pushTo(fake, image, { mountFrom, memory, to: `${NAME}2:1` });
  assert.equal(mounts(fake).length, 1);
});

test("the right to read there is asked for (req-087)", async () => {
  const scopes: string[] = [];
  const fake = await withBase({
    auth: { scheme: "bearer", ...account },
    quirks: { mountNeedsPull: true },
  });
  await pushTo(fake, image, { mountFrom, credentials });
  for (const { url } of fake.requests) {
    if (url.pathname === "/token") {
      scopes.push(url.searchParams.getAll("scope").join(" "));
    }
  }
  assertSane(fake);
  assert.deepEqual(bodyLines(fake), []);
  assert.match(
    scopes.at(-1) ?? "",
    /^repository:team\/app:pull,push .*repository:team\/base:pull/,
  );
});
