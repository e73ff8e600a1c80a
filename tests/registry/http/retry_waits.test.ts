import assert from "node:assert/strict";
import { test } from "node:test";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { scriptedTransport, status } from "./scripted_transport.ts";

const ok = status(200);

test("waits have full jitter", async () => {
  const numbers = [0, 0.5, 0.25];
  const script = scriptedTransport(
    [status(503), status(503), status(503), ok],
    {
      random: () => numbers.shift() ?? assert.fail("asked too often"),
    },
  );
  await script.send();
  assert.deepEqual(script.clock.sleeps, [0, 250, 250]);
});

test("at least as long as asked is waited (fault: 429, Retry-After seconds) (req-014)", async () => {
  const wait = (value: string) => status(429, { "retry-after": value });
  const script = scriptedTransport([wait("7"), wait("30"), ok]);
  assert.equal((await script.send()).response.status, 200);
  assert.deepEqual(script.clock.sleeps, [7250, 30_500]);
});

test("60 seconds are waited, 61 are not (fault: 429, Retry-After seconds)", async () => {
  const script = scriptedTransport([status(429, { "retry-after": "60" }), ok], {
    idleTimeout: Infinity,
  });
  const sending = script.send();
  await script.clock.untilWaiting();
  await script.clock.advance(60_249);
  assert.equal(script.sent.length, 1);
  await script.clock.advance(1);
  assert.equal((await sending).response.status, 200);

  const other = scriptedTransport([status(429, { "retry-after": "61" }), ok]);
  await assert.rejects(other.send(), RegistryError);
  assert.equal(other.sent.length, 1);
});

test("who asks for minutes is told of at once (fault: 429/503, Retry-After huge)", async () => {
  for (
    const [code, headers, words] of [
      [429, { "retry-after": "900" }, "15 minutes"],
      [503, { "retry-after": "86400" }, "24 hours"],
      [429, { "retry-after": "9".repeat(300) }, "a very long time"],
      [
        503,
        {
          date: "Thu, 01 Jan 2026 00:00:00 GMT",
          "retry-after": "Thu, 01 Jan 2026 00:15:00 GMT",
        },
        "15 minutes",
      ],
    ] as const
  ) {
    const script = scriptedTransport([status(code, headers), ok]);
    await assert.rejects(script.send(), (error: RegistryError) => {
      assert.ok(error instanceof RegistryError);
      assert.equal(error.status, code);
      assert.equal(
        error.message,
        `Cannot go on with a.test: it answered ${code} and asks to wait ` +
          `${words}. Try again after that. It says: status ${code}`,
      );
      return true;
    });
    assert.deepEqual(script.clock.sleeps, []);
    assert.equal(script.sent.length, 1);
  }
});

test("who asks for minutes is told of in the registry's own words", async () => {
  const headers = { "retry-after": "900" };
  const answers: [BodyInit | null, RegExp, number][] = [
    [
      JSON.stringify({
        errors: [{
          code: "TOOMANYREQUESTS",
          message: "you, s3cret, pull a lot",
        }],
      }),
      /\. It says: TOOMANYREQUESTS: you, \[secret\], pull a lot$/,
      1,
    ],
    ["<html>busy</html>", /Try again after that$/, 0],
    [null, /Try again after that$/, 0],
  ];
  for (const [body, words, count] of answers) {
    const script = scriptedTransport([
      () => new Response(body, { status: 429, headers }),
    ]);
    script.transport.secrets.add("s3cret");
    await assert.rejects(script.send(), (error: RegistryError) => {
      assert.match(error.message, words);
      assert.equal(error.errors.length, count);
      return true;
    });
  }
});

test("a date is judged by the server's own clock (fault: 429/503, Retry-After HTTP-date)", async () => {
  const at = (offset: number) => new Date(offset).toUTCString();
  for (const skew of [0, 86_400_000, -86_400_000]) {
    const clock = fakeClock();
    const now = clock.now() + skew;
    const script = scriptedTransport([
      status(503, { date: at(now), "retry-after": at(now + 20_000) }),
      ok,
    ], { clock });
    assert.equal((await script.send()).response.status, 200);
    assert.deepEqual(clock.sleeps, [20_250]);
  }
});

test("nonsense is as if nothing was asked (fault: 429/503, Retry-After past, garbage, negative)", async () => {
  for (
    const value of [
      "880µs",
      "-1",
      "0",
      "soon",
      "Thu, 01 Jan 1970 00:00:00 GMT",
    ]
  ) {
    const script = scriptedTransport([
      status(429, { "retry-after": value }),
      ok,
    ]);
    assert.equal((await script.send()).response.status, 200);
    assert.deepEqual(script.clock.sleeps, [250], value);
  }
});

test("a quota that is used up is not hammered", async () => {
  const spent = { "ratelimit-remaining": "0;w=21600" };
  const script = scriptedTransport([status(429, spent)]);
  assert.equal((await script.send()).response.status, 429);
  assert.equal(script.sent.length, 1);
  const left = { "ratelimit-remaining": "76;w=21600" };
  const other = scriptedTransport([status(429, left), ok]);
  assert.equal((await other.send()).response.status, 200);
});
