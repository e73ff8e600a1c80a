import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Credential } from "../../../src/registry/auth/credentials.ts";
import { fail, type Repository } from "../../../src/registry/repository.ts";
import { Registry } from "../../../src/registry/registry.ts";
import {
  ALICE,
  alice,
  ask,
  authWorld,
  CHALLENGE,
  openAuth,
  type Seen,
} from "./auth_world.ts";

const secretsIn = (seen: readonly Seen[]) =>
  JSON.stringify(
    seen.map(({ headers, url, body }) => [[...headers], url.href, body]),
  ).match(/s3cret-word|1dentity|token-\d|YWxpY2U/g) ?? [];

test("a realm in another network is not dialled (rule 1: realm exfiltration, CVE-2026-12566, CVE-2026-33540, CVE-2026-33990, CVE-2026-24845)", async () => {
  for (
    const realm of [
      "https://169.254.169.254/latest/meta-data/",
      "https://[::ffff:169.254.169.254]/",
      "https://10.0.0.1/token",
      "https://192.168.0.1/token",
      "https://127.0.0.1/token",
      "https://0.0.0.0/token",
      "https://[::1]/token",
      "https://2130706433/token",
      "https://localhost./token",
      "https://user:s3cret@auth.test/token",
      "https://auth.test\\@10.0.0.1/token",
      "file:///etc/passwd",
    ]
  ) {
    const world = authWorld({ challenge: `Bearer realm="${realm}"` });
    for (const credential of [undefined, alice, { identityToken: "i-0" }]) {
      const auth = openAuth(world, { credential });
      await assert.rejects(ask(auth), { code: "REGISTRY", status: 401 });
    }
    assert.equal(world.seen.length, 3, realm);
  }
});

test("a host that was allowed is dialled (rule 1: realm exfiltration)", async () => {
  const realm = "https://10.0.0.7:5001/token";
  const world = authWorld({ challenge: `Bearer realm="${realm}"` });
  const tried = async (allowHosts?: readonly string[]) => {
    world.seen.length = 0;
    await ask(openAuth(world, { allowHosts, credential: alice }))
      .catch(() => undefined);
    return world.seen.some(({ url }) => url.hostname === "10.0.0.7");
  };
  assert.equal(await tried(), false);
  assert.equal(await tried(["10.0.0.7:5002", "10.0.0.8"]), false);
  assert.equal(await tried(["10.0.0.7:5001"]), true);
  assert.equal(await tried(["10.0.0.7"]), true);
});

test("a registry by https has no token server by http (rule 1: realm exfiltration, CVE-2019-10214)", async () => {
  for (const host of ["auth.test", "registry.test", "127.0.0.1"]) {
    const challenge = `Bearer realm="http://${host}/token"`;
    const world = authWorld({ challenge });
    await assert.rejects(
      ask(openAuth(world, { credential: alice })),
      /https for http/,
    );
    assert.equal(world.seen.length, 1);
  }
});

test("a realm that is not gone to is not judged", async () => {
  const challenge = 'Bearer realm="https://10.0.0.1/token"';
  const world = authWorld({ challenge });
  assert.equal(
    await ask(openAuth(world, { credential: { token: "t-0" } })),
    401,
  );
  assert.equal(world.seen.length, 1);
});

test("redirects of the token server: none with a credential, none into other networks (rule 1: realm exfiltration, fault: token endpoint redirects (SSRF))", async () => {
  const to = (location: string) => () =>
    new Response(null, { status: 307, headers: { location } });
  for (const credential of [alice, { identityToken: "1dentity" }]) {
    for (const location of ["https://other.test/t", "https://10.0.0.1/t"]) {
      const world = authWorld({ give: to(location) });
      await assert.rejects(
        ask(openAuth(world, { credential })),
        { code: "REGISTRY", status: 307 },
      );
      assert.equal(world.seen.length, 2);
    }
  }
  for (
    const location of [
      "https://10.0.0.1/t",
      "https://169.254.169.254/",
      "http://other.test/token",
    ]
  ) {
    const world = authWorld({ give: to(location) });
    await assert.rejects(ask(openAuth(world)), { code: "NETWORK" });
    assert.equal(world.seen.length, 2);
  }
  const world = authWorld({
    give: (_, count) =>
      count === 1 ? to("/moved")() : { token: `token-${count}` },
  });
  assert.equal(await ask(openAuth(world)), 200);
  // It is the registry that counts: one in a private network may lead there.
  const near = authWorld({ give: to("https://10.0.0.6/t") });
  const auth = openAuth(near, { registry: "10.0.0.5" });
  const url = new URL("https://10.0.0.5/v2/");
  await assert.rejects(ask(auth, { url }));
  assert.equal(near.seen.at(-1)?.url.href.split("?")[0], "https://10.0.0.6/t");
});

test("another origin gets no credential, and its challenge no answer (rule 2: credential forwarding, CVE-2020-15157, GO-2026-5822)", async () => {
  for (
    const origin of [
      "https://cdn.test",
      "https://registry.test:8443",
      "https://registry.test.evil.test",
    ]
  ) {
    for (const challenge of [CHALLENGE, "Basic", null]) {
      const world = authWorld({ challenge });
      for (
        const credential of [
          alice,
          { token: "token-0" },
          { identityToken: "1dentity" },
        ]
      ) {
        const auth = openAuth(world, { credential });
        const url = new URL("/layer", origin);
        assert.equal(await ask(auth, { url }), 401);
      }
      assert.equal(world.seen.length, 3);
      assert.deepEqual(secretsIn(world.seen), []);
    }
  }
  const world = authWorld();
  const auth = openAuth(world, { credential: { token: "token-0" } });
  const url = new URL("http://registry.test/layer");
  await assert.rejects(ask(auth, { url }), { code: "NETWORK" });
  assert.deepEqual(world.seen, []);
});

test("a redirect to another origin takes nothing along, nor is logged in to (rule 2: credential forwarding)", async () => {
  for (
    const location of ["https://cdn.test/b", "https://registry.test:8443/b"]
  ) {
    const world = authWorld({
      admit: ({ url, authorization }) =>
        url.pathname !== "/b" && authorization !== null,
      answer: () => new Response(null, { status: 307, headers: { location } }),
    });
    const auth = openAuth(world, { credential: alice });
    assert.equal(await ask(auth), 401);
    assert.equal(world.exchanges.length, 1);
    const away = world.seen.filter(({ url }) => url.pathname === "/b");
    assert.equal(away.length, 1);
    assert.deepEqual(secretsIn(away), []);
  }
});

test("control characters in a challenge or a credential reach no request (rule: HTTP header injection)", async () => {
  // No runtime lets such a header through; a `fetch` of one's own may.
  for (
    const challenge of [
      `${CHALLENGE},scope="repository:a\r\nX-Evil: 1:pull"`,
      'Bearer realm="https://auth.test/token",service="a\r\nb"',
      'Bearer realm="https://auth.test/to\nken"',
    ]
  ) {
    const world = authWorld();
    const auth = openAuth({
      ...world,
      fetch: async (request) => {
        const response = await world.fetch(request);
        if (response.status !== 401) return response;
        const get = (name: string) =>
          name === "www-authenticate" ? challenge : null;
        return Object.defineProperty(response, "headers", { value: { get } });
      },
    });
    await ask(auth).catch(() => undefined);
    for (const { url } of world.exchanges) {
      assert.doesNotMatch(decodeURIComponent(url.href), /\p{Cc}|Evil/u);
    }
  }
});

test("an answer of the token server is read up to 64 KiB (rule 12: bounded inputs, CVE-2017-11468)", async () => {
  let pulled = 0;
  const world = authWorld({
    give: () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            pulled++;
            controller.enqueue(new TextEncoder().encode(" ".repeat(16_384)));
          },
        }),
      ),
  });
  await assert.rejects(ask(openAuth(world)), /holds no token/);
  assert.ok(pulled < 10, String(pulled));
});

test("token server fails, or answers a web page, nothing, or no token (fault: token endpoint error, HTML, empty, no token field)", async () => {
  const cases = [
    [() => new Response("", { status: 200 }), 401, /no token, it is empty/],
    [() => new Response("<html>hi</html>"), 401, /no token, it is a web page/],
    [() => Response.json({ jwt: "x" }), 401, /holds no token\. Check what/],
    [
      () => Response.json({ details: "no such client" }, { status: 400 }),
      400,
      /the token server answered 400 .*no such client/,
    ],
    [() => new Response("<b>", { status: 500 }), 500, /answered 500/],
  ] as const;
  for (const [give, status, message] of cases) {
    const world = authWorld({ give });
    await assert.rejects(ask(openAuth(world, { credential: alice })), {
      name: "RegistryError",
      status,
      message,
    });
  }
});

/** Everything that can be seen of an error. */
function shown(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return String(error);
  const fields = Object.getOwnPropertyNames(error).map((name) => {
    const value = (error as unknown as Record<string, unknown>)[name];
    return value instanceof Error
      ? shown(value, depth + 1)
      : typeof value === "string"
      ? value
      : JSON.stringify(value) ?? "";
  });
  return [String(error), JSON.stringify(error), ...fields].join("\n");
}

const planted = fc.stringMatching(/^Zq[!-~]{8,30}Zq$/);
const credentials: fc.Arbitrary<[Credential, string[]]> = fc.oneof(
  planted.map((password): [Credential, string[]] => [
    { username: "alice", password },
    [password, btoa(`alice:${password}`)],
  ]),
  planted.map((token): [Credential, string[]] => [{ token }, [token]]),
  planted.map((identityToken): [Credential, string[]] => [
    { identityToken },
    [identityToken],
  ]),
);

test("no error shows a secret, whatever a server sends back (rule 11: redaction) (logs)", async () => {
  // What a server has been told it may say, in any form.
  const echo = (seen: Seen, form: number): BodyInit => {
    const said = [...seen.headers, ...seen.form].map(([, value]) => value)
      .join(" ");
    return [
      said,
      JSON.stringify({ errors: [{ code: "E", message: said, detail: said }] }),
      JSON.stringify({ errors: [{ code: said }] }),
      JSON.stringify({ error: said, error_description: said }),
      encodeURIComponent(said),
      JSON.stringify({ errors: [{ code: "E", detail: { [said]: [said] } }] }),
    ][form] ?? said;
  };
  await fc.assert(
    fc.asyncProperty(
      credentials,
      planted,
      fc.nat(5),
      fc.constantFrom(400, 401, 403, 404),
      fc.constantFrom("registry", "token server"),
      fc.constantFrom(CHALLENGE, "Basic"),
      async ([credential, secrets], token, form, status, where, challenge) => {
        const world = authWorld({
          challenge,
          give: (seen) =>
            where === "registry"
              ? { token }
              : new Response(echo(seen, form), { status }),
          admit: ({ authorization }) => authorization !== null,
          answer: (seen) => new Response(echo(seen, form), { status }),
        });
        const authenticator = openAuth(world, { credential });
        const url = new URL("https://registry.test/v2/me/app/");
        const repository = { authenticator, url } as Repository;
        try {
          const answer = await authenticator.send({ method: "GET", url });
          await fail(repository, "do it", answer);
        } catch (error) {
          const text = shown(error);
          for (const secret of [...secrets, token]) {
            assert.ok(!text.includes(secret), `${text}\n\n${secret}`);
          }
          return;
        }
        assert.fail("nothing failed");
      },
    ),
    { numRuns: 300 },
  );
});

test("a credential that cannot be sent is not shown (rule 11: redaction)", async () => {
  const secret = "hunter2\r\nX-Evil: 1";
  const bad: Credential[] = [
    { token: secret },
    { identityToken: secret },
    { identityToken: "" },
    { username: "alice", password: secret },
    { username: secret, password: "p" },
    { identityToken: "good", username: "a", password: secret },
  ];
  for (const credential of bad) {
    const world = authWorld();
    await assert.rejects(ask(openAuth(world, { credential })), (error) => {
      assert.doesNotMatch(shown(error), /hunter2|Evil/);
      assert.equal((error as { code?: string }).code, "USAGE");
      return true;
    });
    assert.deepEqual(world.seen, []);
  }
});

test("the password goes to the registry and its token server alone", async () => {
  const world = authWorld();
  await ask(openAuth(world, { credential: alice }));
  assert.deepEqual(
    world.seen.filter(({ authorization }) => authorization === ALICE),
    world.exchanges,
  );
});

test("a warning that says what it was sent does not get it shown (rule 11: redaction)", async () => {
  const told: string[] = [];
  const registry = new Registry("registry.test/me/app", {
    credentials: () => alice,
    onWarning: ({ text }) => told.push(text),
    fetch: (request) => {
      const sent = request.headers.get("authorization");
      const headers: HeadersInit = sent === null
        ? { "www-authenticate": "Basic" }
        : { warning: `299 - "${sent} and ${alice.password} are old"` };
      return Promise.resolve(
        new Response(null, { status: sent === null ? 401 : 200, headers }),
      );
    },
  });
  await registry.authenticate();
  assert.deepEqual(told, ["Basic [secret] and [secret] are old"]);
});
