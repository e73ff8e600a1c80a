import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTokenAnswer } from "../../../src/registry/auth/token_answer.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";

const lifeOf = (fields: Record<string, unknown>, date?: string) =>
  parseTokenAnswer(JSON.stringify({ token: "t", ...fields }), date)?.life;

test("token, access_token, or both (req-076)", () => {
  const cases = [
    ['{"token":"a"}', "a"],
    ['{"access_token":"b"}', "b"],
    ['{"token":"a","access_token":"b"}', "a"],
    ['{"token":"","access_token":"b"}', "b"],
    ['{"token":1,"access_token":"b"}', "b"],
  ] as const;
  for (const [text, token] of cases) {
    assert.equal(parseTokenAnswer(text)?.token, token);
  }
});

test("a token is opaque: any visible characters will do (req-078)", () => {
  for (const token of ["x", "a.b.c", "{}", '"', "==", "~".repeat(10_000)]) {
    assert.equal(parseTokenAnswer(JSON.stringify({ token }))?.token, token);
  }
});

test("what no header can hold is no token", () => {
  for (const token of ["", " ", "a b", "a\r\nX: 1", "é", null, {}, ["a"]]) {
    assert.equal(parseTokenAnswer(JSON.stringify({ token })), undefined);
  }
});

test("expires_in, 60 seconds without (req-077)", () => {
  assert.equal(lifeOf({ expires_in: 300 }), 300_000);
  assert.equal(lifeOf({ expires_in: "300" }), 300_000);
  for (const value of [undefined, null, "", "soon", -1, {}]) {
    assert.equal(lifeOf({ expires_in: value }), 60_000);
  }
});

test("a token of no life is used for a while (fault: expires_in 0, 1, absent; issued_at skewed ±1 h)", () => {
  for (const seconds of [0, 1, 9, "0", 1e-9]) {
    assert.equal(lifeOf({ expires_in: seconds }), 10_000);
  }
});

test("issued_at counts by the clock of its own server alone (req-077, fault: expires_in 0, 1, absent; issued_at skewed ±1 h)", () => {
  const date = "Thu, 01 Jan 2026 12:00:00 GMT";
  const fields = (issued_at: unknown) => ({ expires_in: 300, issued_at });
  const cases = [
    ["2026-01-01T12:00:00Z", 300_000],
    ["2026-01-01T11:58:20Z", 200_000],
    ["2026-01-01T12:58:20+01:00", 200_000],
    // No token is older than it can be, or comes from the future.
    ["2026-01-01T11:00:00Z", 300_000],
    ["2026-01-01T13:00:00Z", 300_000],
    ["2025-12-31T12:00:00Z", 300_000],
    ["2026-01-01T11:55:05Z", 10_000],
    ["yesterday", 300_000],
    [1767268800, 300_000],
    ["", 300_000],
  ] as const;
  for (const [issuedAt, life] of cases) {
    assert.equal(lifeOf(fields(issuedAt), date), life, String(issuedAt));
  }
  // Without its clock there is nothing to compare with.
  assert.equal(lifeOf(fields("2026-01-01T11:58:20Z")), 300_000);
  assert.equal(lifeOf(fields("2026-01-01T11:58:20Z"), "noon"), 300_000);
});

test("scope and refresh_token, where they are of use", () => {
  assert.deepEqual(
    parseTokenAnswer(JSON.stringify({
      token: "t",
      scope: "repository:a:pull x registry:catalog:*",
      refresh_token: "r",
    })),
    {
      token: "t",
      life: 60_000,
      scopes: ["repository:a:pull", "registry:catalog:*"],
      refreshToken: "r",
    },
  );
  assert.deepEqual(
    parseTokenAnswer('{"token":"t","scope":1,"refresh_token":"a b"}'),
    { token: "t", life: 60_000 },
  );
});

test("any JSON, and anything else, is read", () => {
  fc.assert(fc.property(fc.json(), fc.string(), (json, date) => {
    const answer = parseTokenAnswer(json, date);
    assert.ok(answer === undefined || answer.life >= 10_000);
  }));
  fc.assert(fc.property(fc.string(), (text) => {
    const answer = parseTokenAnswer(text);
    assert.ok(answer === undefined || answer.token !== "");
  }));
  assert.equal(parseTokenAnswer("[".repeat(60_000)), undefined);
  assert.equal(parseTokenAnswer('{"__proto__":{"token":"t"}}'), undefined);
});

test("containers/image: answers of token servers and until when they hold", {
  skip: skipWithoutCorpora,
}, () => {
  interface Row {
    readonly input: string;
    readonly expected: {
      readonly token: string;
      readonly expirationTime: { readonly $unix: number };
    } | null;
  }
  const { tables } = readCorpus<{ tables: Record<string, Row[]> }>(
    "docker-auth/token-responses.json",
  );
  const rows = tables["TestNewBearerTokenFromHTTPResponseBody.range"] ?? [];
  assert.equal(rows.length, 4);
  for (const { input, expected } of rows) {
    // At its own server's 10:00:02 each was given out.
    const issued = "2018-01-01T10:00:02Z";
    const answer = parseTokenAnswer(input, new Date(issued).toUTCString());
    assert.equal(answer?.token, expected?.token);
    if (!answer || !expected) continue;
    const until = Date.parse(issued) + answer.life;
    // There, no token is given up before it is a minute old.
    const isShort = input.includes('"expires_in":1,');
    const limit = expected.expirationTime.$unix * 1000;
    assert.equal(until, isShort ? limit - 50_000 : limit);
  }
});
