import assert from "node:assert/strict";
import { test } from "node:test";
import type { Credential } from "../../../src/registry/auth/credentials.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import type { ScratchbuildError } from "../../../src/spec/error.ts";
import {
  type FakeRegistry,
  fakeRegistry,
  type FakeRegistryOptions,
} from "../../support/fake_registry.ts";
import { sampleImage, someBytes } from "../sample_image.ts";

const NAME = "registry.test/team/app:1";
const alice = { username: "alice", password: "s3cret-pässword" };
const encoded = "YWxpY2U6czNjcmV0LXDDpHNzd29yZA==";
const bearer = { auth: { scheme: "bearer", ...alice } } as const;
const basic = { auth: { scheme: "basic", ...alice } } as const;

/** A registry whose account is alice's, in the UTF-8 that is sent. */
function fakeFor(options: FakeRegistryOptions): FakeRegistry {
  const { auth } = options;
  const bytes = new TextEncoder().encode(alice.password);
  const password = String.fromCharCode(...bytes);
  return fakeRegistry(auth ? { ...options, auth: { ...auth, password } } : {});
}

function open(fake: FakeRegistry, credential?: Credential): Registry {
  return new Registry(NAME, {
    fetch: fake.fetch,
    credentials: () => credential,
  });
}

const authorizations = ({ requests }: FakeRegistry) =>
  requests.map(({ line, headers }) => [line, headers.get("authorization")]);

test("Bearer: one token, asked for with service, scope and password (req-075)", async () => {
  const fake = fakeFor(bearer);
  await open(fake, alice).write(await sampleImage(someBytes(10)));
  const [first, token, ...rest] = fake.requests;
  assert.equal(first?.headers.get("authorization"), null);
  assert.equal(
    token?.url.href,
    "https://registry.test/token?service=fake&scope=repository%3Ateam%2Fapp%3Apull%2Cpush",
  );
  assert.equal(token?.headers.get("authorization"), `Basic ${encoded}`);
  assert.equal(rest[0]?.line, first?.line);
  for (const { headers } of rest) {
    assert.equal(headers.get("authorization"), "Bearer fake-token-1");
  }
});

test("Bearer: token and access_token, and the realm's own query (req-075, req-076)", async () => {
  for (const member of ["token", "access_token"]) {
    const fake = fakeFor({
      auth: { ...bearer.auth, member, realm: "https://auth.test/token?a=%2f" },
    });
    assert.equal(await open(fake, alice).authenticate(), "fake-token-1");
    const asked = fake.requests.find(({ url }) => url.host === "auth.test");
    assert.ok(asked?.url.search.startsWith("?a=%2f&service=fake&scope="));
  }
});

test("Basic: the password goes with every request after the first", async () => {
  const fake = fakeFor(basic);
  await open(fake, alice).write(await sampleImage(someBytes(10)));
  const [first, ...rest] = authorizations(fake);
  assert.equal(first?.[1], null);
  for (const [, value] of rest) assert.equal(value, `Basic ${encoded}`);
});

test("a token is sent as it is, from the first request on", async () => {
  const fake = fakeFor(bearer);
  fake.tokens.set("mine", { scope: "repository:team/app:", mayPush: true });
  await open(fake, { token: "mine" }).write(await sampleImage(someBytes(10)));
  assert.ok(
    fake.requests.every(({ headers }) =>
      headers.get("authorization") === "Bearer mine"
    ),
  );
});

test("the credential is looked up once, by the registry's name", async () => {
  const asked: string[] = [];
  const fake = fakeFor(bearer);
  const target = new Registry("ubuntu:1", {
    fetch: fake.fetch,
    credentials: (registry) => {
      asked.push(registry);
      return Promise.resolve(alice);
    },
  });
  await target.write(await sampleImage(someBytes(10)));
  assert.deepEqual(asked, ["docker.io"]);
  assert.equal(fake.requests[0]?.url.host, "registry-1.docker.io");
});

test("authenticate gives the token, or nothing where there is none", async () => {
  assert.equal(await open(fakeFor({})).authenticate(), "");
  assert.equal(await open(fakeFor(basic), alice).authenticate(), "");
  const fake = fakeFor(bearer);
  assert.equal(await open(fake, alice).authenticate(), "fake-token-1");
  assert.deepEqual(fake.lines(), ["GET /v2/", "GET /token", "GET /v2/"]);
  assert.equal(await open(fakeFor(bearer)).authenticate(), "fake-token-1");
});

test("a challenge is met at every step of a push (req-074)", async () => {
  const steps = [
    /^HEAD .*manifests/,
    /^HEAD .*blobs/,
    /^POST /,
    /^PUT .*uploads/,
    /^PUT .*manifests/,
  ];
  for (const options of [bearer, basic]) {
    for (const step of steps) {
      const fake = fakeFor({});
      const secured = fakeFor(options);
      let refused = 0;
      fake.override(step, async (request, next) => {
        if (request.headers.has("authorization")) return await next();
        refused++;
        return await secured.fetch(new Request(request.url, request));
      });
      fake.override(/token$/, (request) => secured.fetch(request));
      await open(fake, alice).write(await sampleImage(someBytes(10)));
      // Blobs are asked for side by side; one exchange serves them all.
      assert.ok(refused >= 1, String(step));
      const exchanges = secured.lines().filter((line) => line === "GET /token");
      assert.equal(exchanges.length, options === bearer ? 1 : 0);
      assert.ok(fake.tags.has("team/app:1"));
    }
  }
});

test("a token that expires on the way is replaced (req-084, fault: 401 in mid-operation (token expired))", async () => {
  const fake = fakeFor(bearer);
  const expire = async (_: Request, next: () => Promise<Response>) => {
    fake.tokens.clear();
    return await next();
  };
  fake.override(/^PUT .*uploads/, expire, 1);
  fake.override(/^PUT .*manifests/, expire, 1);
  const image = await sampleImage(someBytes(3000));
  await open(fake, alice).write(image);
  assert.equal(fake.lines().filter((line) => line === "GET /token").length, 3);
  assert.deepEqual(
    fake.blobs.get(`team/app@${image.layers[0]?.digest}`),
    someBytes(3000),
  );
});

test("a second 401 is final (req-084, fault: 401 forever / wrong password)", async () => {
  const never = () =>
    Response.json({ errors: [{ code: "UNAUTHORIZED", message: "no" }] }, {
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="https://a.test/token"' },
    });
  for (const credential of [alice, undefined]) {
    const fake = fakeFor(bearer);
    fake.override(/v2/, never);
    await assert.rejects(
      open(fake, credential).write(await sampleImage(someBytes(10))),
      (error: RegistryError) =>
        error instanceof RegistryError && error.status === 401,
    );
    // HEAD twice, the token between them, and GET for the registry's words.
    assert.deepEqual(
      fake.requests.map(({ method }) => method),
      ["HEAD", "GET", "HEAD", "GET"],
    );
    assert.equal(
      fake.lines().filter((line) => line === "GET /token").length,
      1,
    );
  }
});

test("a wrong password is told, and tried once (fault: 401 forever / wrong password)", async () => {
  for (const [options, count] of [[bearer, 2], [basic, 3]] as const) {
    const fake = fakeFor(options);
    const wrong = { ...alice, password: "wr0ng" };
    await assert.rejects(
      open(fake, wrong).write(await sampleImage(someBytes(10))),
      (error: RegistryError) => {
        assert.ok(error instanceof RegistryError);
        assert.equal(error.status, 401);
        assert.match(error.message, /user name or the password is wrong/);
        assert.doesNotMatch(error.message, /wr0ng|\n/);
        return true;
      },
    );
    assert.equal(fake.requests.length, count);
  }
});

test("without a credential the message says how to give one", async () => {
  for (const options of [bearer, basic]) {
    await assert.rejects(
      open(fakeFor(options)).write(await sampleImage(someBytes(10))),
      /answered 401.*: log in with scratchbuild login registry\.test, or pass --username and --password-stdin, or --token/,
    );
  }
});

test("a wrong token is told", async () => {
  await assert.rejects(
    open(fakeFor(bearer), { token: "t0ken" }).authenticate(),
    (error: RegistryError) => {
      assert.match(error.message, /token is wrong, has expired/);
      assert.doesNotMatch(error.message, /t0ken/);
      return true;
    },
  );
});

test("Bearer is preferred to Basic, in any order", async () => {
  const realm = 'Bearer realm="https://registry.test/token",service="fake"';
  for (const header of [`Basic realm="x", ${realm}`, `${realm}, Basic`]) {
    const fake = fakeFor(bearer);
    fake.override(/v2\/$/, () =>
      new Response(null, {
        status: 401,
        headers: { "www-authenticate": header },
      }), 1);
    assert.equal(await open(fake, alice).authenticate(), "fake-token-1");
  }
});

test("a scheme that is not known is named", async () => {
  const fake = fakeFor({});
  fake.override(/./, () =>
    new Response(null, {
      status: 401,
      headers: { "www-authenticate": "Negotiate, NTLM" },
    }));
  await assert.rejects(open(fake, alice).authenticate(), /negotiate, ntlm/);
  assert.equal(fake.requests.length, 1);
});

test("a 401 without a challenge has the password tried, once", async () => {
  for (const [credential, count] of [[alice, 2], [undefined, 1]] as const) {
    const fake = fakeFor({});
    fake.override(/./, () => new Response(null, { status: 401 }));
    await assert.rejects(open(fake, credential).authenticate(), {
      status: 401,
    });
    assert.equal(fake.requests.length, count);
  }
});

test("a credential that no header can hold is refused unshown", async () => {
  const secret = "hunter2\r\nX-Evil: 1";
  const credentials = [
    { token: secret },
    { token: "" },
    { token: "pass wört" },
    { username: "alice", password: secret },
    { username: secret, password: "" },
    { username: "a:b", password: "c" },
  ];
  for (const credential of credentials) {
    const fake = fakeFor(bearer);
    await assert.rejects(
      open(fake, credential).authenticate(),
      (error: ScratchbuildError) => {
        assert.equal(error.code, "USAGE");
        assert.doesNotMatch(error.message, /hunter2|wört|a:b/);
        return true;
      },
    );
    assert.deepEqual(fake.requests, []);
  }
});

test("a failing lookup is the error", async () => {
  const target = new Registry(NAME, {
    fetch: fakeFor(bearer).fetch,
    credentials: () => Promise.reject(new Error("no key ring")),
  });
  await assert.rejects(target.authenticate(), /no key ring/);
});

test("another origin never gets the credential, nor a login", async () => {
  for (
    const where of ["https://cdn.test/up", "https://registry.test:8443/up"]
  ) {
    for (const options of [bearer, basic]) {
      const fake = fakeFor(options);
      fake.override(/^POST/, async (_, next) => {
        const { status } = await next();
        return new Response(null, { status, headers: { location: where } });
      });
      fake.override(/ \/up$/, () =>
        new Response(null, {
          status: 401,
          headers: {
            "www-authenticate":
              'Basic realm="x", Bearer realm="https://cdn.test/token"',
          },
        }));
      await assert.rejects(
        open(fake, alice).write(await sampleImage(someBytes(10))),
        { name: "RegistryError", status: 401 },
      );
      const others = fake.requests.filter(({ url }) =>
        url.origin !== "https://registry.test"
      );
      assert.ok(others.length > 0);
      for (const { headers, line } of others) {
        assert.match(line, /^\w+ \/up$/);
        assert.equal(headers.get("authorization"), null);
      }
    }
  }
});

test("a redirect to another origin takes no login along", async () => {
  const fake = fakeFor(bearer);
  fake.tokens.set("mine", { scope: "repository:team/app:", mayPush: true });
  fake.override(/^HEAD .*blobs/, () =>
    new Response(null, {
      status: 307,
      headers: { location: "https://cdn.test/blob" },
    }));
  fake.override(/ \/blob$/, () =>
    new Response(null, {
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="https://cdn.test/token"' },
    }));
  await open(fake, alice).write(await sampleImage(someBytes(10)));
  const others = fake.requests.filter(({ url }) => url.host === "cdn.test");
  assert.deepEqual(others.map(({ line }) => line), [
    "HEAD /blob",
    "HEAD /blob",
  ]);
  for (const { headers } of others) {
    assert.equal(headers.get("authorization"), null);
  }
});

test("a password that was good before is not tried twice", async () => {
  const fake = fakeFor(basic);
  fake.override(/^PUT .*manifests/, () =>
    new Response(null, {
      status: 401,
      headers: { "www-authenticate": "Basic" },
    }));
  await assert.rejects(
    open(fake, alice).write(await sampleImage(someBytes(10))),
    { status: 401 },
  );
  const puts = fake.lines().filter((line) =>
    line.includes("PUT /v2/team/app/m")
  );
  assert.equal(puts.length, 1);
});

test("a server that says what it was sent does not get it shown", async () => {
  const echo = (request: Request) => {
    const said = request.headers.get("authorization");
    return Response.json({
      errors: [{
        code: "DENIED",
        message: `not with ${said} or ${alice.password}`,
        detail: { said },
      }],
    }, { status: 403 });
  };
  const cases = [
    [bearer, alice, /^PUT .*manifests/, /fake-token/],
    [bearer, alice, /token$/, /YWxpY2U/],
    [basic, alice, /^PUT .*manifests/, /YWxpY2U/],
    [bearer, { token: "my-t0ken" }, /^HEAD/, /my-t0ken/],
  ] as const;
  for (const [options, credential, where, secret] of cases) {
    const fake = fakeFor(options);
    fake.tokens.set("my-t0ken", { scope: "repository:", mayPush: true });
    fake.override(where, echo);
    fake.override(
      /^POST/,
      (request, next) => "token" in credential ? echo(request) : next(),
    );
    await assert.rejects(
      open(fake, credential).write(await sampleImage(someBytes(10))),
      (error: RegistryError) => {
        const shown = `${error.message} ${JSON.stringify(error.errors)}`;
        assert.equal(error.status, 403);
        assert.match(shown, /\[secret\]/);
        assert.doesNotMatch(shown, secret);
        if (!("token" in credential)) assert.doesNotMatch(shown, /pässword/);
        return true;
      },
    );
  }
});
