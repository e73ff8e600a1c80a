import assert from "node:assert/strict";
import { test } from "node:test";
import { UploadMemory } from "../../../src/registry/push/upload_memory.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import type { Progress } from "../../../src/target/progress.ts";
import {
  assertSane,
  digestBy,
  errorResponse,
  fakeRegistry,
  serve,
} from "../../support/fake_registry.ts";
import { sampleImage } from "../sample_image.ts";
import { bodyLines, manyBytes, MIB, NAME, pushTo } from "./push_to.ts";

const small = await sampleImage(manyBytes(1000));
const large = await sampleImage(manyBytes(3 * MIB));

test("one PUT with its length and type comes first (req-041)", async () => {
  const fake = fakeRegistry();
  const server = await serve(fake);
  try {
    await pushTo({ fetch: (request) => fetch(request) }, small, {
      to: `${server.host}/team/app:1`,
    });
  } finally {
    await server.close();
  }
  const [post, put] = fake.requests.filter(({ line }) =>
    line.includes("uploads")
  );
  assert.equal(post?.method, "POST");
  assert.equal(post?.headers.get("content-length"), "0");
  assert.equal(put?.method, "PUT");
  assert.equal(put?.headers.get("content-length"), "1000");
  assert.equal(put?.headers.get("content-type"), "application/octet-stream");
  assert.equal(put?.headers.get("content-range"), null);
});

test("the POST says that it has no body (req-038) (req-045)", async () => {
  const fake = fakeRegistry();
  await pushTo(fake, small);
  const posts = fake.requests.filter(({ method }) => method === "POST");
  assert.equal(posts.length, 2);
  for (const { headers, url } of posts) {
    assert.equal(headers.get("content-length"), "0");
    assert.equal(url.search, "");
  }
});

test("a registry that takes no more in one request gets parts (req-047) (req-048) (req-049) (req-051)", async () => {
  const fake = fakeRegistry({ quirks: { maxPut: 2 * MIB } });
  const seen: number[] = [];
  await pushTo(fake, large, {
    onProgress: ({ descriptor, state, bytes }: Progress) => {
      if (descriptor.size === 3 * MIB && state === "bytes") seen.push(bytes);
    },
  });
  assertSane(fake);
  const half = 1.5 * MIB;
  assert.deepEqual(bodyLines(fake), [
    "PUT",
    `PATCH 0-${half - 1}`,
    `PATCH ${half}-${3 * MIB - 1}`,
    "PUT",
    "PUT",
  ]);
  const steps = fake.requests
    .filter(({ line }) => /^(PATCH|PUT) .*uploads/.test(line))
    .map(({ url }) => url.search.replace(/&digest=.*/, ""));
  // Each request goes where the one before has said.
  assert.deepEqual(steps.slice(1, 4), [
    "?_state=a%2Fb%20c",
    "?_state=a%2Fb%20c.1",
    "?_state=a%2Fb%20c.2",
  ]);
  const last = fake.requests.filter(({ method }) => method === "PUT")[1];
  assert.equal(last?.headers.get("content-length"), "0");
  assert.match(last?.url.search ?? "", /&digest=sha256%3A[0-9a-f]{64}$/);
  const rising = seen.filter((bytes, at) => bytes !== seen[at - 1]);
  assert.deepEqual(rising, [3 * MIB, 0, half, 3 * MIB]);
  // Nothing is left of the upload that was begun in vain.
  assert.equal(fake.uploads.size, 0);
});

test("the limits of parts that the registry announces are kept (req-048)", async () => {
  const most = fakeRegistry({ quirks: { maxPut: 2 * MIB, maxChunk: MIB } });
  await pushTo(most, large);
  assertSane(most);
  assert.deepEqual(bodyLines(most).filter((line) => /PATCH/.test(line)), [
    `PATCH 0-${MIB - 1}`,
    `PATCH ${MIB}-${2 * MIB - 1}`,
    `PATCH ${2 * MIB}-${3 * MIB - 1}`,
  ]);
  const least = fakeRegistry({ quirks: { maxPut: MIB, minChunk: 2 * MIB } });
  await pushTo(least, large);
  assertSane(least);
  assert.deepEqual(bodyLines(least).filter((line) => /PATCH/.test(line)), [
    `PATCH 0-${2 * MIB - 1}`,
    `PATCH ${2 * MIB}-${3 * MIB - 1}`,
  ]);
});

test("limits that make no sense are none", async () => {
  for (const length of ["0", "-5", "1e3", "x", "99999999999999999999"]) {
    const fake = fakeRegistry({ quirks: { maxPut: 2 * MIB } });
    fake.override(/^POST/, async (_, next) => {
      const response = await next();
      response.headers.set("oci-chunk-min-length", length);
      response.headers.set("oci-chunk-max-length", length);
      return response;
    });
    await pushTo(fake, large);
    assert.equal(bodyLines(fake).length, 5, length);
  }
});

test("parts become smaller until they fit", async () => {
  const fake = fakeRegistry({ quirks: { maxBody: MIB } });
  const image = await sampleImage(manyBytes(5 * MIB));
  await pushTo(fake, image);
  assertSane(fake);
  const lines = bodyLines(fake);
  assert.equal(lines[1], `PATCH 0-${2.5 * MIB - 1}`);
  assert.equal(lines[2], `PATCH 0-${1.25 * MIB - 1}`);
  assert.equal(lines[3], `PATCH 0-${MIB - 1}`);
  assert.equal(lines.length, 10);
});

test("a request that cannot be smaller is the end, in the registry's words", async () => {
  const fake = fakeRegistry({ quirks: { maxBody: MIB / 2 } });
  await assert.rejects(pushTo(fake, large), (error: RegistryError) => {
    assert.ok(error instanceof RegistryError);
    assert.equal(error.status, 413);
    assert.match(error.message, /answered 413 .*too large/);
    return true;
  });
  assert.equal(fake.tags.size, 0);
  assert.equal(fake.uploads.size, 0);
});

test("what does not take a whole PUT gets a PATCH without a range, as by Docker", async () => {
  for (const [status, code] of [[405, "UNSUPPORTED"], [501, "X"]] as const) {
    const fake = fakeRegistry();
    fake.override(
      /^PUT .*uploads/,
      (request, next) =>
        request.headers.get("content-length") === "0"
          ? next()
          : errorResponse(status, code),
    );
    await pushTo(fake, await sampleImage(manyBytes(10), manyBytes(20, 2)));
    assertSane(fake);
    const ways = ["PATCH", "PUT"];
    // It is found out once.
    assert.deepEqual(bodyLines(fake), ["PUT", ...ways, ...ways, ...ways]);
  }
});

test("what wants a length that the runtime does not send gets short bodies", async () => {
  for (
    const refused of [
      { status: 411, code: "UNSUPPORTED" },
      { status: 400, code: "CONTENT_LENGTH_INVALID" },
    ]
  ) {
    const fake = fakeRegistry();
    const lengthless = (line: string) => {
      fake.override(new RegExp(`^${line}`), async (request, next) => {
        const bytes = (await request.clone().arrayBuffer()).byteLength;
        return bytes > 4 * MIB
          ? errorResponse(refused.status, refused.code)
          : await next();
      });
    };
    lengthless("PUT .*uploads");
    lengthless("PATCH");
    await pushTo(fake, await sampleImage(manyBytes(9 * MIB)));
    assertSane(fake);
    const parts = bodyLines(fake).filter((line) => line.startsWith("PATCH"));
    assert.equal(parts.length, 3);
    assert.equal(parts[0], `PATCH 0-${4 * MIB - 1}`);
  }
});

test("what takes no PATCH in any form is told by its refusal of the whole", async () => {
  for (const status of [404, 405, 411, 400]) {
    const fake = fakeRegistry({
      quirks: { maxPut: 2 * MIB, patch: { status, code: "UNSUPPORTED" } },
    });
    await assert.rejects(pushTo(fake, large), (error: RegistryError) => {
      assert.equal(error.status, 413);
      return true;
    });
    // What fits in one request goes on.
    await pushTo(fake, small);
    assertSane(fake);
  }
});

test("what was learned is remembered for the run, by host", async () => {
  const memory = new UploadMemory();
  const fake = fakeRegistry({ quirks: { maxPut: 2 * MIB } });
  await pushTo(fake, large, { memory });
  const other = await sampleImage(manyBytes(4 * MIB, 7));
  await pushTo(fake, other, { memory, to: "registry.test/other/app:1" });
  const wholes = fake.requests.filter(({ method, line, headers }) =>
    method === "PUT" && line.includes("uploads") &&
    headers.get("content-length") === null
  );
  // One of them in vain, and the two configurations.
  assert.equal(wholes.length, 1 + 2);
  await pushTo(fake, other, { memory, to: "elsewhere.test/team/app:1" });
  assert.ok(fake.requests.at(-1)?.url.host === "elsewhere.test");
  const there = fake.requests.filter(({ url, headers, line }) =>
    url.host === "elsewhere.test" && line.startsWith("PUT") &&
    line.includes("uploads") && headers.get("content-length") === null
  );
  assert.equal(there.length, 2);
  assertSane(fake);
});

test("GHCR takes whole blobs of any size, and parts of 4 MiB", async () => {
  const fake = fakeRegistry({
    quirks: { maxPut: 5 * MIB, maxRangedPatch: 4 * MIB },
  });
  await pushTo(fake, await sampleImage(manyBytes(10 * MIB)));
  assertSane(fake);
  const lines = bodyLines(fake);
  assert.equal(lines[1], `PATCH 0-${5 * MIB - 1}`);
  assert.equal(lines[2], `PATCH 0-${2.5 * MIB - 1}`);
});

test("a digest that is no SHA-256 is announced (req-055)", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(manyBytes(10));
  const bytes = manyBytes(10);
  const digest = digestBy("sha512", bytes) as `sha512:${string}`;
  const [layer] = image.manifest.value.layers;
  assert.ok(layer);
  layer.digest = digest;
  await pushTo(fake, image).catch(() => {});
  const posts = fake.requests.filter(({ method }) => method === "POST");
  assert.deepEqual(posts.map(({ url }) => url.search), [
    "?digest-algorithm=sha512",
    "",
  ]);
  assert.ok(fake.blobs.has(`team/app@${digest}`));
});

test("an answer that begins no upload is an error (req-038) (fault: 202 without Location)", async () => {
  for (const location of [null, "http://["]) {
    const fake = fakeRegistry();
    fake.inject({ match: /^POST/, fault: { kind: "location", location } });
    await assert.rejects(pushTo(fake, small), {
      code: "NETWORK",
      message: new RegExp(`^Cannot push to ${NAME}: the registry .*`),
    });
    assert.equal(fake.tags.size, 0);
  }
});

test("a Location is resolved, and refused where it leads into another network (req-039) (req-040) (rule 15: upload Location) (fault: Location relative / absolute / other host / with query)", async () => {
  for (
    const where of [
      "relative",
      "absolute",
      "otherPath",
      "otherHost",
      "downgraded",
      "withoutPort",
    ] as const
  ) {
    const fake = fakeRegistry({ quirks: { location: where } });
    await pushTo(fake, small, { to: "registry.test:5000/team/app:1" });
    assertSane(fake);
    const { url } = fake.requests.find(({ line }) =>
      /^PUT .*uploads/.test(line)
    ) ?? {};
    assert.match(
      url?.search ?? "",
      /^\?_state=a%2Fb%20c(&X-Amz-Signature=s1gned)?&digest=sha256%3A/,
    );
    const there = where === "otherHost"
      ? "storage.registry.test"
      : "registry.test";
    assert.equal(url?.origin, `https://${there}:5000`);
  }
  for (
    const location of [
      "https://169.254.169.254/latest/meta-data",
      "https://10.0.0.5/up",
      "https://[::1]/up",
      "https://localhost/up",
      "https://user:pass@registry.test/up",
      "ftp://registry.test/up",
    ]
  ) {
    for (const match of [/^POST/, /^PATCH/]) {
      const fake = fakeRegistry({ quirks: { maxPut: 2 * MIB } });
      fake.inject({ match, times: 99, fault: { kind: "location", location } });
      await assert.rejects(pushTo(fake, large), { code: "NETWORK" }, location);
      const hosts = new Set(fake.requests.map(({ url }) => url.host));
      assert.deepEqual([...hosts], ["registry.test"]);
    }
  }
});

test("no credential goes where an upload is sent elsewhere (rule 2: credential forwarding)", async () => {
  const account = { username: "alice", password: "s3cret" };
  for (const scheme of ["basic", "bearer"] as const) {
    for (
      const quirks of [
        { location: "otherHost" },
        { location: "otherHost", maxPut: 2 * MIB },
        { redirectUploads: true },
      ] as const
    ) {
      const fake = fakeRegistry({ auth: { scheme, ...account }, quirks });
      await pushTo(fake, large, { credentials: () => account });
      assertSane(fake);
      assert.ok(fake.requests.some(({ url }) => url.host !== "registry.test"));
    }
  }
});

test("any success of a POST, a PATCH or a PUT is one (req-042) (fault: 201 where 202; 204 where 202)", async () => {
  for (const patchStatus of [200, 201, 202, 204]) {
    for (const blobStatus of [200, 201, 202, 204]) {
      const fake = fakeRegistry({
        quirks: {
          ...{ patchStatus, blobStatus, maxPut: 2 * MIB },
          postStatus: patchStatus,
        },
      });
      await pushTo(fake, large);
      assertSane(fake);
    }
  }
});
