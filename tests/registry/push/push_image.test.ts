import assert from "node:assert/strict";
import { test } from "node:test";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import type { Digest } from "../../../src/spec/digest.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import type { Progress } from "../../../src/target/progress.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import {
  assertSane,
  errorResponse,
  type FakeRegistry,
  fakeRegistry,
} from "../../support/fake_registry.ts";
import { imageOf, sampleImage } from "../sample_image.ts";
import { bodyLines, manyBytes, NAME, pushTo } from "./push_to.ts";

const image = await sampleImage(
  ...[1, 2, 3, 4, 5, 6].map((seed) => manyBytes(100 + seed, seed)),
);

/** Holds back requests until they are let go. */
function gate(fake: FakeRegistry, pattern: RegExp) {
  const waiting: (() => void)[] = [];
  fake.override(pattern, async (request, next) => {
    await new Promise<void>((resolve, reject) => {
      waiting.push(resolve);
      request.signal.addEventListener("abort", () => {
        reject(request.signal.reason);
      });
    });
    return await next();
  });
  return waiting;
}

/** Lets everything happen that can. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

test("blobs go up several at a time, the manifest after all of them (req-036)", async () => {
  for (const [concurrency, expected] of [[undefined, 4], [2, 2], [99, 7]]) {
    const fake = fakeRegistry();
    const waiting = gate(fake, /^PUT .*uploads/);
    const push = pushTo(fake, image, { concurrency });
    await settle();
    assert.equal(waiting.length, expected);
    assert.ok(!fake.lines().some((line) => /^PUT .*manifests/.test(line)));
    for (let i = 0; i < 7; i++) {
      waiting[i]?.();
      await settle();
    }
    await push;
    assertSane(fake);
    assert.equal(fake.lines().at(-1), "PUT /v2/team/app/manifests/1");
  }
});

test("a number of uploads that makes no sense is one", async () => {
  for (const concurrency of [0, -3, 0.5, NaN]) {
    const fake = fakeRegistry();
    const waiting = gate(fake, /^PUT .*uploads/);
    const push = pushTo(fake, image, { concurrency });
    for (let i = 0; i < 7; i++) {
      await settle();
      assert.equal(waiting.length, i + 1, String(concurrency));
      waiting[i]?.();
    }
    await push;
  }
});

test("the first request is alone, so that one challenge is enough", async () => {
  const account = { username: "alice", password: "s3cret" };
  const auth = { scheme: "bearer", ...account } as const;
  const fake = fakeRegistry({ auth });
  await pushTo(fake, image, {
    concurrency: 4,
    credentials: () => account,
  });
  assertSane(fake);
  const tokens = fake.lines().filter((line) => line.includes("/token"));
  assert.equal(tokens.length, 1);
  assert.equal(fake.lines()[1], "GET /token");
});

test("equal layers are uploaded once (req-059)", async () => {
  const fake = fakeRegistry();
  const bytes = manyBytes(100);
  await pushTo(fake, await sampleImage(bytes, manyBytes(50, 2), bytes), {
    concurrency: 4,
  });
  assertSane(fake);
  assert.equal(bodyLines(fake).length, 3);
});

test("blobs that are there are not sent (req-037)", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, image);
  fake.requests.length = 0;
  await pushTo(fake, image, { to: `${NAME}:2` });
  assert.deepEqual(bodyLines(fake), []);
});

test("a HEAD that is refused or says nothing is followed by an upload (fault: HEAD 403/405 but GET works)", async () => {
  for (const status of [400, 403, 405, 500]) {
    const fake = fakeRegistry();
    fake.override(/^HEAD/, () => new Response(null, { status }));
    await pushTo(fake, image);
    assertSane(fake);
    assert.equal(bodyLines(fake).length, 7);
  }
});

test("a HEAD that names another blob is followed by an upload (fault: wrong Docker-Content-Digest on HEAD/GET/PUT)", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, image);
  fake.requests.length = 0;
  fake.inject({
    match: /^HEAD .*blobs/,
    times: 99,
    fault: { kind: "wrongDigest" },
  });
  await pushTo(fake, image, { to: `${NAME}:2` });
  assert.equal(bodyLines(fake).length, 7);
});

test("layers that must not be distributed are not uploaded, their urls kept (req-058)", async () => {
  for (
    const mediaType of [
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
      "application/vnd.oci.image.layer.nondistributable.v1.tar",
      "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ]
  ) {
    const made = await sampleImage(manyBytes(10), manyBytes(20, 2));
    const [foreign, own] = made.manifest.value.layers;
    assert.ok(foreign && own);
    foreign.mediaType = mediaType;
    foreign.urls = ["https://example.test/layer"];
    // The presence of urls is not what counts.
    own.urls = ["https://example.test/other"];
    const fake = fakeRegistry();
    fake.override(
      /^PUT .*manifests/,
      () => new Response(null, { status: 201 }),
    );
    await pushTo(fake, made);
    assert.ok(!fake.blobs.has(`team/app@${foreign.digest}`));
    assert.ok(fake.blobs.has(`team/app@${own.digest}`));
    const hosts = new Set(fake.requests.map(({ url }) => url.host));
    assert.deepEqual([...hosts], ["registry.test"]);
  }
});

test("the first failure ends all uploads, and no tag is left", async () => {
  const fake = fakeRegistry();
  const open = new Set<Request>();
  let count = 0;
  fake.override(/^PUT .*uploads/, async (request) => {
    if (++count === 4) return errorResponse(403, "DENIED", "read only");
    open.add(request);
    await new Promise((resolve) =>
      request.signal.addEventListener("abort", resolve)
    );
    open.delete(request);
    throw request.signal.reason;
  });
  await assert.rejects(
    pushTo(fake, image, { concurrency: 4 }),
    (error: RegistryError) => {
      assert.ok(error instanceof RegistryError);
      assert.equal(error.status, 403);
      assert.match(error.message, /read only/);
      return true;
    },
  );
  assert.equal(open.size, 0, "nothing goes on behind the error");
  const before = fake.requestCount;
  await settle();
  assert.equal(fake.requestCount, before);
  assert.equal(count, 4, "no further upload was begun");
  assert.equal(fake.tags.size, 0);
  assert.equal(fake.manifests.size, 0);
});

test("a manifest is sent as it is, under its own type (req-060) (req-061) (req-062)", async () => {
  const fake = fakeRegistry();
  let sent: { type: string | null; bytes: Uint8Array } | undefined;
  fake.override(/^PUT .*manifests/, async (request, next) => {
    const bytes = new Uint8Array(await request.clone().arrayBuffer());
    sent = { type: request.headers.get("content-type"), bytes };
    return await next();
  });
  await pushTo(fake, image);
  const { descriptor, bytes, value } = image.manifest;
  assert.deepEqual(sent, { type: value.mediaType, bytes });
  assert.equal(value.mediaType, mediaTypes.oci.manifest);
  assert.equal(fake.tags.get("team/app:1"), descriptor.digest);
});

test("a manifest of nearly 4 MiB is no matter, and 413 is told clearly (req-064)", async () => {
  const layers = Array.from({ length: 23_000 }, (_, i) => ({
    digest: `sha256:${String(i).padStart(64, "0")}` as Digest,
    source: { size: 1, stream: () => new Blob(["x"]).stream() },
  }));
  const made = { ...await imageOf(layers), layers: [] };
  const { size } = made.manifest.descriptor;
  assert.ok(size > 3_000_000 && size < 4 * 1024 * 1024, String(size));
  const fake = fakeRegistry();
  let length = 0;
  fake.override(/^PUT .*manifests/, async (request) => {
    length = (await request.arrayBuffer()).byteLength;
    return new Response(null, { status: 201 });
  }, 1);
  await pushTo(fake, made);
  assert.equal(length, size);
  fake.override(
    /^PUT .*manifests/,
    () => errorResponse(413, "SIZE_INVALID", "too large"),
  );
  await assert.rejects(pushTo(fake, made), (error: RegistryError) => {
    assert.equal(error.status, 413);
    assert.match(error.message, new RegExp(`no manifest of ${size} bytes`));
    return true;
  });
});

test("a registry that got another manifest is not believed (req-063) (fault: wrong Docker-Content-Digest on HEAD/GET/PUT)", async () => {
  for (const match of [/^PUT .*manifests/, /^PUT .*uploads/]) {
    const fake = fakeRegistry();
    fake.inject({ match, fault: { kind: "wrongDigest" } });
    await assert.rejects(pushTo(fake, image), { code: "DIGEST_MISMATCH" });
  }
});

test("a manifest whose answer was lost is sent again (fault: manifest PUT times out although stored)", async () => {
  for (
    const fault of [
      { kind: "reset", when: "after" },
      { kind: "status", status: 504, stored: true },
    ] as const
  ) {
    const fake = fakeRegistry();
    fake.inject({ match: /^PUT .*manifests/, fault });
    await pushTo(fake, image);
    assertSane(fake);
    assert.equal(fake.tags.size, 1);
  }
  // Where tags never change, the second attempt is refused: it is there.
  const fake = fakeRegistry({ quirks: { immutableTags: true } });
  fake.inject({
    match: /^PUT .*manifests/,
    fault: { kind: "reset", when: "after" },
  });
  await pushTo(fake, image);
  assertSane(fake);
});

test("a tag that never changes: the same image is no write, another is refused (ECR)", async () => {
  const fake = fakeRegistry({ quirks: { immutableTags: true } });
  await pushTo(fake, image);
  fake.requests.length = 0;
  await pushTo(fake, image);
  assert.deepEqual(fake.lines(), ["HEAD /v2/team/app/manifests/1"]);
  await assert.rejects(
    pushTo(fake, await sampleImage(manyBytes(5, 9))),
    { code: "REGISTRY" },
  );
  assert.equal(fake.tags.get("team/app:1"), image.manifest.descriptor.digest);
});

test("a HEAD of a manifest that is refused says nothing (Artifactory)", async () => {
  const fake = fakeRegistry({
    quirks: { unknownManifestHead: { status: 403, code: "DENIED" } },
  });
  await pushTo(fake, image);
  assertSane(fake);
  assert.equal(fake.tags.size, 1);
});

test("a registry that does not know its blobs yet is given time", async () => {
  for (const lateReferences of [1, 2, 3]) {
    const fake = fakeRegistry({ quirks: { lateReferences, lateContent: 1 } });
    const clock = fakeClock();
    const states: Progress["state"][] = [];
    await pushTo(fake, image, {
      clock,
      onProgress: ({ state }) => void states.push(state),
    });
    assertSane(fake);
    assert.equal(fake.tags.size, 1);
    assert.equal(
      clock.sleeps.filter((sleep) => sleep > 0).length,
      lateReferences,
    );
    assert.ok(!states.includes("present"));
    if (lateReferences === 1) assert.equal(bodyLines(fake).length, 7);
  }
});

test("a blob that the registry has lost is sent again", async () => {
  const lost = `team/app@${image.layers[2]?.digest}`;
  const fake = fakeRegistry();
  fake.override(/^PUT .*manifests/, (_, next) => {
    fake.blobs.delete(lost);
    return next();
  }, 1);
  await pushTo(fake, image);
  assertSane(fake);
  assert.equal(bodyLines(fake).length, 8);
});

test("a blob that the registry believes to have, and has not, is sent again", async () => {
  const { digest = "", size = 0 } = image.layers[2] ?? {};
  const fake = fakeRegistry();
  fake.override(new RegExp(`^HEAD .*${digest}`), () =>
    new Response(null, {
      headers: {
        "content-length": String(size),
        "docker-content-digest": digest,
      },
    }));
  fake.override(/^PUT .*manifests/, async (_, next) => {
    const response = await next();
    return response.ok
      ? response
      : errorResponse(400, "MANIFEST_BLOB_UNKNOWN", `blob ${digest} unknown`);
  });
  await pushTo(fake, image);
  assertSane(fake);
  assert.equal(fake.tags.size, 1);
  assert.equal(bodyLines(fake).length, 7);
});

test("a registry that never knows its blobs ends it in bounded time", async () => {
  const fake = fakeRegistry({ quirks: { lateReferences: 1e9 } });
  await assert.rejects(pushTo(fake, image), /MANIFEST_BLOB_UNKNOWN/);
  assert.ok(fake.requestCount < 120, String(fake.requestCount));
  assert.equal(fake.tags.size, 0);
});

test("a refusal of the kind of manifest names the other format", async () => {
  for (
    const [status, code] of [[400, "MANIFEST_INVALID"], [415, "X"]] as const
  ) {
    const fake = fakeRegistry();
    fake.override(/^PUT .*manifests/, () => errorResponse(status, code));
    await assert.rejects(pushTo(fake, image), /--format/);
  }
});

test("a failure between the tags leaves those that are set complete", async () => {
  const fake = fakeRegistry();
  fake.override(
    /^PUT .*manifests\/three/,
    () => errorResponse(403, "DENIED"),
  );
  await assert.rejects(
    pushTo(fake, image, { to: `${NAME}:one`, tags: ["two", "three"] }),
    { code: "REGISTRY" },
  );
  assertSane(fake);
  assert.deepEqual([...fake.tags.keys()], ["team/app:one", "team/app:two"]);
});
