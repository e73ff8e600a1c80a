import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource } from "../../../src/bytes/byte_source.ts";
import { registryFailure } from "../../../src/registry/http/registry_failure.ts";
import { ScratchbuildError } from "../../../src/spec/error.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import {
  breaks,
  scriptedTransport,
  status,
  type Step,
} from "./scripted_transport.ts";

const ok = status(200);

for (
  const [code, row] of [
    [408, "(fault: 408)"],
    [500, "(fault: 500/502/504 then ok)"],
    [502, "(fault: 500/502/504 then ok)"],
    [503, "(fault: 503 then ok)"],
    [504, "(fault: 500/502/504 then ok)"],
  ] as const
) {
  test(`a ${code} that passes is waited out ${row}`, async () => {
    const script = scriptedTransport([status(code), status(code), ok]);
    const { response } = await script.send();
    assert.equal(response.status, 200);
    assert.equal(script.sent.length, 3);
    assert.deepEqual(script.clock.sleeps, [250, 500]);
    assert.deepEqual(script.retries, [
      { host: "a.test", why: `it answered ${code}`, delay: 250 },
      { host: "a.test", why: `it answered ${code}`, delay: 500 },
    ]);
  });
}

test("attempts are counted, and the last answer is the answer", async () => {
  const script = scriptedTransport([status(503)]);
  const { response } = await script.send();
  assert.equal(response.status, 503);
  assert.equal(await response.text(), "status 503");
  assert.equal(script.sent.length, 6);
  assert.deepEqual(script.clock.sleeps, [250, 500, 1000, 2000, 4000]);

  for (const attempts of [1, 3]) {
    const script = scriptedTransport([status(503)], { retry: { attempts } });
    assert.equal((await script.send()).response.status, 503);
    assert.equal(script.sent.length, attempts);
  }
});

test("what the request is about is no reason to send it again", async () => {
  for (
    const code of [
      200,
      204,
      400,
      401,
      403,
      404,
      405,
      409,
      413,
      416,
      501,
      505,
      507,
    ]
  ) {
    const script = scriptedTransport([
      () => new Response(null, { status: code }),
    ]);
    assert.equal((await script.send()).response.status, code);
    assert.equal(script.sent.length, 1, String(code));
  }
});

test("broken connections are tried again (fault: reset/refused before headers)", async () => {
  for (
    const [step, why] of [
      [breaks("ECONNRESET"), "it closed the connection"],
      [breaks("ECONNREFUSED"), "connection refused"],
      [
        breaks("UND_ERR_SOCKET", "other side closed"),
        "it closed the connection",
      ],
      [breaks("ETIMEDOUT"), "it did not answer in time"],
      [breaks("EHOSTUNREACH"), "there is no route to it"],
      [breaks("EAI_AGAIN"), "the host name is not known"],
    ] as const
  ) {
    const script = scriptedTransport([step, ok]);
    assert.equal((await script.send()).response.status, 200);
    assert.deepEqual(script.retries, [{ host: "a.test", why, delay: 250 }]);

    const other = scriptedTransport([step]);
    await assert.rejects(other.send(), (error: ScratchbuildError) => {
      assert.equal(error.code, "NETWORK");
      assert.match(error.message, new RegExp(`^Cannot reach a\\.test: ${why}`));
      return true;
    });
    assert.equal(other.sent.length, 6);
  }
});

test("what stays as it is fails at once", async () => {
  const own = new ScratchbuildError("Cannot read", { code: "TARGET" });
  for (
    const step of [
      breaks("ENOTFOUND", "getaddrinfo ENOTFOUND a.test"),
      breaks("CERT_HAS_EXPIRED", "certificate has expired"),
      breaks("DEPTH_ZERO_SELF_SIGNED_CERT"),
      breaks("ERR_TLS_CERT_ALTNAME_INVALID"),
      breaks("EPROTO", "wrong version number"),
      breaks("", "bad port"),
      () => Promise.reject(own),
    ]
  ) {
    const script = scriptedTransport([step, ok]);
    await assert.rejects(script.send(), ScratchbuildError);
    assert.equal(script.sent.length, 1);
  }
});

test("a body is opened anew for every attempt", async () => {
  let opened = 0;
  const bodies: string[] = [];
  const take: (code: number) => Step = (code) => async (request) => {
    bodies.push(await request.text());
    return new Response(null, { status: code });
  };
  const script = scriptedTransport([take(502), take(503), take(201)]);
  const bytes = new TextEncoder().encode("body");
  const body = {
    size: 4,
    stream: () => {
      opened++;
      return bytesSource(bytes).stream();
    },
  };
  const { response } = await script.send({ method: "PUT", body });
  assert.equal(response.status, 201);
  assert.deepEqual(bodies, ["body", "body", "body"]);
  assert.equal(opened, 3);
});

test("the network of where a body comes from is not that of where it goes", async () => {
  const cause = Object.assign(new Error("reset"), { code: "ECONNRESET" });
  const own = new ScratchbuildError("Cannot reach b.test", {
    code: "NETWORK",
    cause,
  });
  const script = scriptedTransport([() => Promise.reject(own)]);
  const body = bytesSource(new Uint8Array(1));
  await assert.rejects(script.send({ method: "PUT", body }), own);
  assert.equal(script.sent.length, 1);
});

test("the answer that is not good enough is let go of before the next", async () => {
  let cancelled = 0;
  const script = scriptedTransport([
    () => {
      const cancel = () => void cancelled++;
      return new Response(new ReadableStream({ cancel }), { status: 503 });
    },
    () => new Response(String(cancelled)),
  ]);
  assert.equal(await (await script.send()).response.text(), "1");
});

test("a body that cannot be read is not the server's fault", async () => {
  const script = scriptedTransport([ok]);
  const body = {
    size: 4,
    stream: () => bytesSource(new Uint8Array(3)).stream(),
  };
  await assert.rejects(script.send({ method: "PUT", body }), {
    code: "TARGET",
  });
  assert.deepEqual(script.clock.sleeps, []);
});

test("a failure that was told of already counts as what it was", () => {
  const { transport } = scriptedTransport([ok]);
  const task = transport.retries.task("a.test");
  const reset = Object.assign(new Error("reset"), { code: "ECONNRESET" });
  const told = (cause: unknown, code: "NETWORK" | "TARGET" = "NETWORK") =>
    new ScratchbuildError("Cannot", { code, cause });
  assert.equal(task.delay({ error: told(reset) }), 250);
  assert.equal(task.delay({ error: reset }), 500);
  assert.equal(task.delay({ error: told(undefined) }), undefined);
  assert.equal(task.delay({ error: told(reset, "TARGET") }), undefined);
  task.progress();
  assert.equal(task.delay({ error: reset }), 250);
  task.end();
});

test("who says so is not sent again", async () => {
  for (const step of [status(503), breaks("ECONNRESET")]) {
    const script = scriptedTransport([step]);
    await script.send({ retry: false }).catch(() => {});
    assert.equal(script.sent.length, 1);
    assert.deepEqual(script.retries, []);
  }
});

test("a redirect that was followed is not gone through again for a failure", async () => {
  const script = scriptedTransport([
    () => new Response(null, { status: 307, headers: { location: "/2" } }),
    status(503),
    ok,
  ]);
  const { url } = await script.send();
  assert.equal(url.pathname, "/2");
  assert.deepEqual(script.sent, [
    "GET https://a.test/1",
    "GET https://a.test/2",
    "GET https://a.test/2",
  ]);
});

test("a request that was interrupted is not called a failure", async () => {
  const controller = new AbortController();
  const script = scriptedTransport([
    () => {
      // What AbortSignal.timeout() ends with reads like a fault of the network.
      controller.abort(new DOMException("signal timed out", "TimeoutError"));
      return breaks("ECONNRESET")(new Request("https://a.test/"));
    },
  ]);
  const { signal } = controller;
  await assert.rejects(script.send({ signal }), { code: "ABORTED" });
  assert.deepEqual(script.retries, []);
});

test("an interruption ends the waiting at once (fault: abort signal / deadline)", async () => {
  const clock = fakeClock({ passes: 0 });
  const script = scriptedTransport([status(503)], {
    clock,
    idleTimeout: Infinity,
  });
  const controller = new AbortController();
  const sending = script.send({ signal: controller.signal });
  await clock.untilWaiting();
  controller.abort(new Error("enough"));
  await assert.rejects(sending, { code: "ABORTED" });
  assert.deepEqual(clock.waiting, []);
  assert.equal(script.sent.length, 1);
});

test("a registry that is down fails all requests in bounded time", async () => {
  const clock = fakeClock({ passes: 0 });
  const started = clock.now();
  const script = scriptedTransport([status(503, { "retry-after": "50" })], {
    clock,
    idleTimeout: Infinity,
  });
  const all = Promise.all([0, 1, 2, 3].map(() => script.send()));
  await clock.untilWaiting(4);
  await clock.advance(1_000_000);
  for (const { response } of await all) assert.equal(response.status, 503);
  assert.equal(script.sent.length, 12);
  // What comes later begins anew, and is not made to pay.
  assert.ok(clock.now() - started >= 1_000_000);
  const again = script.send();
  await clock.untilWaiting();
  await clock.advance(1_000_000);
  await again;
  assert.equal(script.sent.length, 15);
});

test("a good answer of the host gives it all of the time anew", async () => {
  const steps = Array.from(
    { length: 8 },
    (_, i) => i % 2 === 0 ? status(503, { "retry-after": "50" }) : ok,
  );
  const script = scriptedTransport(steps, { retry: { budget: 51_000 } });
  for (let i = 0; i < 4; i++) {
    assert.equal((await script.send()).response.status, 200);
  }
  assert.equal(script.sent.length, 8);

  const other = scriptedTransport([status(503, { "retry-after": "50" })], {
    retry: { budget: 60_000 },
  });
  assert.equal((await other.send()).response.status, 503);
  assert.equal(other.sent.length, 3);
});

test("a good answer to one request counts for the others", async () => {
  const clock = fakeClock({ passes: 0 });
  const bad = status(503, { "retry-after": "50" });
  const script = scriptedTransport([bad, bad, ok, bad, ok], {
    clock,
    idleTimeout: Infinity,
    retry: { budget: 110_000 },
  });
  const sending = script.send();
  await clock.untilWaiting();
  await clock.advance(60_000);
  await clock.untilWaiting();
  await script.send();
  await clock.advance(200_000);
  assert.equal((await sending).response.status, 200);
});

test("the trouble of one host is not that of another", async () => {
  const clock = fakeClock({ passes: 0 });
  const script = scriptedTransport([
    status(503),
    status(503, { "retry-after": "50" }),
    ok,
  ], { clock, idleTimeout: Infinity, retry: { budget: 51_000 } });
  const first = script.send();
  await clock.untilWaiting();
  const second = script.send({ url: new URL("https://b.test/") });
  await clock.untilWaiting(2);
  await clock.advance(60_000);
  await Promise.all([first, second]);
  assert.deepEqual(script.retries.map(({ host }) => host), [
    "a.test",
    "b.test",
  ]);
});

test("the registry's own words survive all attempts (fault: 429 forever)", async () => {
  const script = scriptedTransport([
    () =>
      Response.json({
        errors: [{ code: "TOOMANYREQUESTS", message: "pull rate limit" }],
      }, { status: 429 }),
  ]);
  const { response } = await script.send();
  const error = await registryFailure(response, {
    what: "push to a.test/b",
    registry: "a.test",
    credential: "password",
    redact: (text) => text,
  });
  assert.equal(
    error.message,
    "Cannot push to a.test/b: the registry answered 429 " +
      "(TOOMANYREQUESTS: pull rate limit). Wait, and try again",
  );
});

test("go-containerregistry: which errors pass", {
  skip: skipWithoutCorpora,
}, async () => {
  interface Row {
    error: { Errors?: { Code: { $go: string } }[]; StatusCode?: unknown };
    retry: boolean;
  }
  const corpus = readCorpus<Record<string, Row[]>>("http/errors-ggcr.json");
  /** The statuses that the codes come with. */
  const statuses: Record<string, number> = {
    DeniedErrorCode: 403,
    TooManyRequestsErrorCode: 429,
    UnavailableErrorCode: 503,
  };
  let checked = 0;
  for (const { error, retry } of corpus["TestTemporary.tests"] ?? []) {
    const code = error.Errors?.at(-1)?.Code.$go;
    // An upload that went wrong is begun again by whoever uploads.
    if (code === "BlobUploadInvalidErrorCode") continue;
    const answer = code !== undefined
      ? statuses[code] ?? assert.fail(code)
      : error.StatusCode !== undefined
      ? 500
      : 400;
    const script = scriptedTransport([status(answer), ok]);
    await script.send();
    assert.equal(script.sent.length === 2, retry, String(answer));
    checked++;
  }
  assert.equal(checked, 5);
});
