import assert from "node:assert/strict";
import { test } from "node:test";
import { DigestMismatchError } from "../../src/bytes/digest_mismatch_error.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { ReferenceSyntaxError } from "../../src/registry/reference_syntax_error.ts";
import { Registry } from "../../src/registry/registry.ts";
import type { Fetch } from "../../src/registry/http/transport.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import type { Progress } from "../../src/target/progress.ts";
import { fakeClock } from "../support/fake_clock.ts";
import { type FakeRegistry, fakeRegistry } from "../support/fake_registry.ts";
import { sampleImage, someBytes } from "./sample_image.ts";

const NAME = "registry.test/team/app";

test("an image is pushed blobs first, its manifest last", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(someBytes(1000), someBytes(2000, 2));
  const target = new Registry(`${NAME}:1.0`, {
    fetch: fake.fetch,
    concurrency: 1,
  });
  await target.write(image);

  assert.equal(target.name, NAME);
  assert.equal(String(target.reference), `${NAME}:1.0`);
  const [one, two] = image.layers;
  const { config, manifest } = image;
  assert.deepEqual(fake.lines(), [
    "HEAD /v2/team/app/manifests/1.0",
    `HEAD /v2/team/app/blobs/${one?.digest}`,
    "POST /v2/team/app/blobs/uploads/",
    "PUT /v2/team/app/blobs/uploads/*",
    `HEAD /v2/team/app/blobs/${two?.digest}`,
    "POST /v2/team/app/blobs/uploads/",
    "PUT /v2/team/app/blobs/uploads/*",
    `HEAD /v2/team/app/blobs/${config.descriptor.digest}`,
    "POST /v2/team/app/blobs/uploads/",
    "PUT /v2/team/app/blobs/uploads/*",
    "PUT /v2/team/app/manifests/1.0",
  ]);
  assert.deepEqual(
    fake.blobs.get(`team/app@${one?.digest}`),
    someBytes(1000),
  );
  assert.deepEqual(
    fake.manifests.get(`team/app@${manifest.descriptor.digest}`),
    { mediaType: manifest.descriptor.mediaType, bytes: manifest.bytes },
  );
  for (const { url, headers } of fake.requests) {
    assert.equal(url.origin, "https://registry.test");
    assert.match(headers.get("user-agent") ?? "", /^scratchbuild\/\d/);
    assert.equal(headers.get("authorization"), null);
  }
});

test("progress: start, bytes and done for what is sent", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(someBytes(1000));
  const seen: Progress[] = [];
  const onProgress = (progress: Progress) => void seen.push(progress);
  await new Registry(NAME, { fetch: fake.fetch }).write(image, { onProgress });
  const of = (digest?: string) =>
    seen.filter(({ descriptor }) => descriptor.digest === digest)
      .map(({ state, bytes }) => `${state} ${bytes}`);
  assert.deepEqual(of(image.layers[0]?.digest), [
    "start 0",
    "bytes 1000",
    "done 1000",
  ]);
  const { descriptor } = image.manifest;
  assert.deepEqual(of(descriptor.digest), [
    "start 0",
    `done ${descriptor.size}`,
  ]);
  assert.equal(seen.at(-1)?.descriptor, descriptor);
});

test("blobs that are there are not sent again", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(someBytes(1000));
  await new Registry(`${NAME}:1`, { fetch: fake.fetch }).write(image);
  fake.requests.length = 0;
  const states: string[] = [];
  await new Registry(`${NAME}:2`, { fetch: fake.fetch }).write(image, {
    onProgress: ({ state }) => void states.push(state),
  });
  assert.deepEqual(states, ["present", "present", "start", "done"]);
  assert.deepEqual(
    fake.lines().filter((line) => !line.startsWith("HEAD")),
    ["PUT /v2/team/app/manifests/2"],
  );
  assert.deepEqual([...fake.tags.keys()], ["team/app:1", "team/app:2"]);
});

test("nothing is sent when every tag names the image already", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(someBytes(10));
  const target = new Registry(`${NAME}:1`, { fetch: fake.fetch, tags: ["2"] });
  await target.write(image);
  fake.requests.length = 0;
  const seen: string[] = [];
  await target.write(image, {
    onProgress: ({ state, descriptor }) =>
      void seen.push(`${state} ${descriptor.digest}`),
  });
  assert.deepEqual(seen, [`present ${image.manifest.descriptor.digest}`]);
  assert.deepEqual(fake.lines(), [
    "HEAD /v2/team/app/manifests/1",
    "HEAD /v2/team/app/manifests/2",
  ]);
});

test("a tag that names another image is moved", async () => {
  const fake = fakeRegistry();
  const target = new Registry(`${NAME}:1`, { fetch: fake.fetch });
  await target.write(await sampleImage(someBytes(10)));
  const image = await sampleImage(someBytes(10, 2));
  await target.write(image);
  assert.equal(fake.tags.get("team/app:1"), image.manifest.descriptor.digest);
});

test("every tag is set once; latest where there is none", async () => {
  const image = await sampleImage(someBytes(10));
  const tagsAfter = async (reference: string, tags?: string[]) => {
    const fake = fakeRegistry();
    await new Registry(reference, { fetch: fake.fetch, tags }).write(image);
    return [...fake.tags.keys()].map((key) => key.replace("team/app:", ""));
  };
  assert.deepEqual(await tagsAfter(NAME), ["latest"]);
  assert.deepEqual(await tagsAfter(NAME, ["a", "b", "a"]), ["a", "b"]);
  assert.deepEqual(await tagsAfter(`${NAME}:a`, ["b", "a"]), ["a", "b"]);
  const { digest } = image.manifest.descriptor;
  assert.deepEqual(await tagsAfter(`${NAME}:a@${digest}`), ["a"]);
  assert.deepEqual(await tagsAfter(`${NAME}@${digest}`, ["b"]), ["b"]);
});

test("a reference with a digest alone pushes by digest", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(someBytes(10));
  const { digest } = image.manifest.descriptor;
  await new Registry(`${NAME}@${digest}`, { fetch: fake.fetch }).write(image);
  assert.equal(fake.lines().at(-1), `PUT /v2/team/app/manifests/${digest}`);
  assert.equal(fake.tags.size, 0);
  assert.ok(fake.manifests.has(`team/app@${digest}`));
});

test("a digest in the reference must be the image's", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(someBytes(10));
  const other = (await sampleImage()).manifest.descriptor.digest;
  await assert.rejects(
    new Registry(`${NAME}@${other}`, { fetch: fake.fetch }).write(image),
    (error: DigestMismatchError) => {
      assert.ok(error instanceof DigestMismatchError);
      assert.equal(error.expected, other);
      assert.equal(error.actual, image.manifest.descriptor.digest);
      return true;
    },
  );
  assert.deepEqual(fake.requests, []);
});

test("a further tag that is none is refused at once", () => {
  for (const tag of ["", "a b", "-a", "a/b", "x".repeat(129), "a\r\nb"]) {
    assert.throws(
      () => new Registry(NAME, { tags: [tag] }),
      { name: "ScratchbuildError", code: "USAGE" },
    );
  }
});

test("a reference that is put together by hand is read like a text", () => {
  const { registry, repository } = parseReference(NAME);
  const made = new Registry({ registry, repository, tag: "1" });
  assert.equal(String(made.reference), `${NAME}:1`);
  for (const repository of ["../admin", "a?b", "A", "a/../../b"]) {
    assert.throws(
      () => new Registry({ registry, repository }),
      ReferenceSyntaxError,
    );
  }
});

test("where uploads go: relative and absolute Location, its query untouched", async () => {
  for (const location of ["relative", "absolute"] as const) {
    const fake = fakeRegistry({ location });
    const image = await sampleImage(someBytes(10));
    await new Registry(NAME, { fetch: fake.fetch }).write(image);
    const put = fake.requests.find(({ line }) => line.includes("uploads/*"));
    const digest = encodeURIComponent(image.layers[0]?.digest ?? "");
    assert.equal(put?.url.search, `?_state=a%2Fb%20c&digest=${digest}`);
    assert.equal(put?.headers.get("content-type"), "application/octet-stream");
  }
});

test("the digest joins a Location in all its spellings", async () => {
  const cases = [
    ["/up/1", "/up/1?digest="],
    ["/up/1?", "/up/1?digest="],
    ["/up/1?a=b", "/up/1?a=b&digest="],
    ["/up/1?a=b&", "/up/1?a=b&digest="],
    ["/up/1?a=%2f+%20~'*", "/up/1?a=%2f+%20~%27*&digest="],
    ["/up/1?a=b#part", "/up/1?a=b&digest="],
    ["1?digest=no", "/v2/team/app/blobs/uploads/1?digest=no&digest="],
    ["https://cdn.test/up?sig=x", "/up?sig=x&digest="],
  ];
  for (const [location = "", expected = ""] of cases) {
    const fake = fakeRegistry();
    fake.override(
      /^POST/,
      () => new Response(null, { status: 202, headers: { location } }),
    );
    fake.override(/^PUT/, () => new Response(null, { status: 201 }));
    await new Registry(NAME, { fetch: fake.fetch }).write(await sampleImage());
    const url = fake.requests.find(({ line }) => line.startsWith("PUT"))?.url;
    const path = `${url?.pathname}${url?.search}`;
    assert.ok(path.startsWith(`${expected}sha256%3A`), `${path} ${expected}`);
  }
});

test("any success status is one", async () => {
  const fake = fakeRegistry();
  for (const [pattern, status] of [[/^POST/, 201], [/^PUT/, 204]] as const) {
    fake.override(pattern, async (_, next) => {
      const { headers, ok } = await next();
      assert.ok(ok);
      return new Response(null, { status, headers });
    });
  }
  await new Registry(NAME, { fetch: fake.fetch }).write(
    await sampleImage(someBytes(10)),
  );
  assert.ok(fake.tags.has("team/app:latest"));
});

test("HEAD that answers neither yes nor no is followed by an upload", async () => {
  for (const status of [400, 403, 405, 500, 503]) {
    const fake = fakeRegistry();
    fake.override(/^HEAD/, () => new Response(null, { status }));
    const options = { fetch: fake.fetch, clock: fakeClock() };
    await new Registry(NAME, options).write(
      await sampleImage(someBytes(10)),
    );
    assert.ok(fake.tags.has("team/app:latest"), String(status));
  }
});

test("a blob of another length than said is sent", async () => {
  const fake = fakeRegistry();
  fake.override(
    /^HEAD .*blobs/,
    () => new Response(null, { headers: { "content-length": "11" } }),
  );
  await new Registry(NAME, { fetch: fake.fetch }).write(
    await sampleImage(someBytes(10)),
  );
  assert.equal(fake.blobs.size, 2);
});

test("a registry that names no digest is believed", async () => {
  const fake = fakeRegistry();
  fake.override(/./, async (_, next) => {
    const response = await next();
    response.headers.delete("docker-content-digest");
    return response;
  });
  const image = await sampleImage(someBytes(10));
  const target = new Registry(NAME, { fetch: fake.fetch });
  await target.write(image);
  await target.write(image);
  const puts = fake.lines().filter((line) => line.includes("PUT"));
  assert.deepEqual(puts.filter((line) => line.includes("manifests")).length, 2);
  assert.deepEqual(puts.filter((line) => line.includes("blobs")).length, 2);
});

test("a registry that got something else: blob and manifest", async () => {
  const wrong = `sha256:${"0".repeat(64)}`;
  for (const pattern of [/^PUT .*uploads/, /^PUT .*manifests/]) {
    const fake = fakeRegistry();
    fake.override(pattern, async (_, next) => {
      await next();
      const headers = { "docker-content-digest": wrong };
      return new Response(null, { status: 201, headers });
    });
    await assert.rejects(
      new Registry(NAME, { fetch: fake.fetch }).write(
        await sampleImage(someBytes(10)),
      ),
      (error: DigestMismatchError) => {
        assert.ok(error instanceof DigestMismatchError);
        assert.equal(error.code, "DIGEST_MISMATCH");
        assert.equal(error.actual, wrong);
        assert.ok(!error.message.includes("\n"));
        return true;
      },
    );
  }
});

test("a digest of another algorithm says nothing", async () => {
  const fake = fakeRegistry();
  fake.override(/^PUT/, async (_, next) => {
    await next();
    const headers = { "docker-content-digest": `sha512:${"0".repeat(128)}` };
    return new Response(null, { status: 201, headers });
  });
  await new Registry(NAME, { fetch: fake.fetch }).write(
    await sampleImage(someBytes(10)),
  );
  assert.ok(fake.tags.has("team/app:latest"));
});

test("a signal stops the work before a request, and within one", async () => {
  const image = await sampleImage(someBytes(10));
  const stopped = (error: ScratchbuildError) =>
    error instanceof ScratchbuildError && error.code === "ABORTED";
  const early = fakeRegistry();
  await assert.rejects(
    new Registry(NAME, { fetch: early.fetch }).write(image, {
      signal: AbortSignal.abort(),
    }),
    stopped,
  );
  assert.deepEqual(early.requests, []);

  const late = fakeRegistry();
  const controller = new AbortController();
  late.override(/^PUT .*uploads/, (request) => {
    controller.abort();
    request.signal.throwIfAborted();
    throw new Error("was not stopped");
  });
  await assert.rejects(
    new Registry(NAME, { fetch: late.fetch }).write(image, {
      signal: controller.signal,
    }),
    stopped,
  );
  assert.equal(late.tags.size, 0);
});

test("no answer is left with its body open", async () => {
  const image = await sampleImage(someBytes(10));
  const account = { username: "alice", password: "s3cret" };
  let open = 0;
  const watched = (fake: FakeRegistry): Fetch => async (request) => {
    const { status, headers, body } = await fake.fetch(request);
    const reader = body?.getReader();
    open++;
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader?.read() ?? { done: true };
        if (value) controller.enqueue(value);
        if (!done) return;
        open--;
        controller.close();
      },
      cancel: () => void open--,
    }, { highWaterMark: 0 });
    return new Response(stream, {
      status: status === 204 ? 200 : status,
      headers,
    });
  };
  const steps = [
    /nothing/,
    /^GET/,
    /^HEAD/,
    /^POST/,
    /uploads\/\*/,
    /^PUT .*man/,
  ];
  for (const scheme of ["basic", "bearer"] as const) {
    for (const step of steps) {
      for (const status of [201, 307, 401, 500]) {
        const fake = fakeRegistry({ auth: { scheme, ...account } });
        fake.override(step, () =>
          new Response("text", {
            status,
            headers: { location: "http://elsewhere.test/" },
          }));
        const target = new Registry(NAME, {
          fetch: watched(fake),
          clock: fakeClock(),
          credentials: () => account,
        });
        await target.authenticate().catch(() => {});
        await target.write(image).catch(() => {});
        assert.ok(fake.requests.length > 1);
        assert.equal(open, 0, `${scheme} ${step} ${status}`);
      }
    }
  }
});
