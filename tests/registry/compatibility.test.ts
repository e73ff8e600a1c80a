import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "../../src/registry/registry.ts";
import { RegistryError } from "../../src/registry/registry_error.ts";
import { fakeClock } from "../support/fake_clock.ts";
import { assertSane, fakeRegistry } from "../support/fake_registry.ts";
import { sampleImage, someBytes } from "./sample_image.ts";

const NAME = "registry.test/team/app";

test("no header of the API's version is asked for or looked at (req-010)", async () => {
  const fake = fakeRegistry();
  for (const version of [undefined, "registry/2.0", "registry/1.0", "?"]) {
    const registry = new Registry(`${NAME}:1`, {
      fetch: async (request) => {
        const response = await fake.fetch(request);
        const { status, body } = response;
        const headers = new Headers(response.headers);
        headers.delete("docker-distribution-api-version");
        if (version !== undefined) {
          headers.set("docker-distribution-api-version", version);
        }
        return new Response(body, { status, headers });
      },
    });
    assert.equal(await registry.authenticate(), "");
  }
});

test("no request names the registry that a proxy stands for (req-017)", async () => {
  const account = { username: "me", password: "secret" };
  const fake = fakeRegistry({ auth: { scheme: "bearer", ...account } });
  const registry = new Registry(`${NAME}:1`, {
    fetch: fake.fetch,
    credentials: () => account,
  });
  await registry.write(await sampleImage(someBytes(100)));
  await registry.manifest();
  for await (const tag of registry.tags()) assert.equal(tag, "1");
  assert.ok(fake.requests.length > 8);
  for (const { url } of fake.requests) {
    assert.equal(url.searchParams.has("ns"), false, url.href);
  }
});

test("GET /v2/: 200 is a registry, 401 wants a login, 404 is none (req-018)", async () => {
  const open = fakeRegistry();
  const ask = (fake: ReturnType<typeof fakeRegistry>) =>
    new Registry(NAME, { fetch: fake.fetch }).authenticate();
  assert.equal(await ask(open), "");
  assert.deepEqual(open.lines(), ["GET /v2/"]);

  const closed = fakeRegistry({
    auth: { scheme: "basic", username: "me", password: "secret" },
  });
  await assert.rejects(ask(closed), (error: unknown) => {
    assert.ok(error instanceof RegistryError);
    assert.equal(error.status, 401);
    assert.match(error.message, /scratchbuild login/);
    return true;
  });

  const none = fakeRegistry();
  none.override(
    /^GET/,
    () => new Response("<h1>nothing</h1>", { status: 404 }),
  );
  await assert.rejects(ask(none), /answered 404.*no registry/);
});

test("HEAD without Docker-Content-Digest is enough for a blob, and for a manifest it is put again (req-028)", async () => {
  const fake = fakeRegistry({ quirks: { digestHeader: "missing" } });
  const image = await sampleImage(someBytes(100));
  const registry = new Registry(`${NAME}:1`, { fetch: fake.fetch });
  await registry.write(image);
  const received = fake.bytesReceived;
  fake.requests.length = 0;
  await registry.write(image);
  assertSane(fake);
  assert.equal(fake.bytesReceived, received);
  assert.deepEqual(
    fake.lines().filter((line) => !line.startsWith("HEAD")),
    ["PUT /v2/team/app/manifests/1"],
  );
  const { descriptor } = await registry.manifest();
  assert.equal(descriptor.digest, image.manifest.descriptor.digest);
});

test("an upload that is said to be at a stored blob is none, and the blob stays", async () => {
  const fake = fakeRegistry();
  const image = await sampleImage(someBytes(100));
  const [layer] = image.layers;
  fake.override(/^POST/, () =>
    new Response(null, {
      status: 201,
      headers: { location: `/v2/team/app/blobs/${layer?.digest}` },
    }));
  const registry = new Registry(`${NAME}:1`, {
    fetch: fake.fetch,
    clock: fakeClock(),
  });
  await assert.rejects(
    registry.write(image),
    /the registry does not say where to send a blob/,
  );
  assert.deepEqual(
    fake.lines().filter((line) => !/^(?:HEAD|POST)/.test(line)),
    [],
  );
});
