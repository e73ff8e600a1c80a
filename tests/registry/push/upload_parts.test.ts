import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertSane,
  errorResponse,
  fakeRegistry,
  type Quirks,
} from "../../support/fake_registry.ts";
import { sampleImage } from "../sample_image.ts";
import { bodyLines, manyBytes, MIB, pushTo } from "./push_to.ts";

const small = await sampleImage(manyBytes(1000));
const large = await sampleImage(manyBytes(3 * MIB));
const HALF = 1.5 * MIB;
/** So that blobs of a few MiB go up in two parts. */
const inParts: Quirks = { maxPut: 2 * MIB };

test("416, then the status: on from there (req-052) (fault: 416 on PATCH, then status GET)", async () => {
  const fake = fakeRegistry({ quirks: inParts });
  // It has less than it said.
  fake.override(/^PATCH/, async (_, next) => {
    const response = await next();
    response.headers.set("range", `0-${HALF - 1}`);
    return response;
  }, 1);
  fake.inject({ match: /^PATCH/, fault: { kind: "shortWrite", bytes: 999 } });
  await pushTo(fake, large);
  assertSane(fake);
  assert.deepEqual(bodyLines(fake).slice(1, 4), [
    `PATCH 0-${HALF - 1}`,
    `PATCH ${HALF}-${3 * MIB - 1}`,
    `PATCH 999-${HALF + 998}`,
  ]);
});

test("416 for no reason: a fresh session, and then another way (ACR)", async () => {
  for (const falseRangeErrors of [1, 2, 3]) {
    const fake = fakeRegistry({ quirks: { ...inParts, falseRangeErrors } });
    await pushTo(fake, large);
    assertSane(fake);
    assert.equal(fake.tags.size, 1);
  }
  const never = fakeRegistry({ quirks: { ...inParts, falseRangeErrors: 99 } });
  await assert.rejects(pushTo(never, large), { code: "REGISTRY" });
  assert.ok(never.requestCount < 40, String(never.requestCount));
});

test("fewer bytes than were sent: the rest is sent again (req-050) (fault: Range shorter than sent)", async () => {
  const fake = fakeRegistry({ quirks: inParts });
  fake.inject({ match: /^PATCH/, fault: { kind: "shortWrite", bytes: 4000 } });
  await pushTo(fake, large);
  assertSane(fake);
  assert.deepEqual(bodyLines(fake).slice(1, 3), [
    `PATCH 0-${HALF - 1}`,
    `PATCH 4000-${HALF + 3999}`,
  ]);
});

test("a registry that keeps a little of every part does not keep us for ever", async () => {
  const fake = fakeRegistry({ quirks: inParts });
  fake.inject({
    match: /^PATCH/,
    times: 1e9,
    fault: { kind: "shortWrite", bytes: 10 },
  });
  await assert.rejects(pushTo(fake, large), { code: "REGISTRY" });
  assert.ok(fake.requestCount < 50);
  assert.equal(fake.tags.size, 0);
});

test("ranges that are of no use: the digest decides (req-050) (fault: Range longer, missing, or malformed)", async () => {
  for (const range of ["stale", "relative", "missing", "prefixed"] as const) {
    const fake = fakeRegistry({ quirks: { ...inParts, range } });
    await pushTo(fake, await sampleImage(manyBytes(5 * MIB)));
    assertSane(fake);
    assert.equal(
      bodyLines(fake).filter((l) => l.startsWith("PATCH")).length,
      2,
    );
  }
  for (const range of ["0-0", "x", "-", "bytes 5", "0-4"]) {
    const fake = fakeRegistry({ quirks: inParts });
    fake.override(/^(PATCH|GET .*uploads)/, async (_, next) => {
      const response = await next();
      response.headers.set("range", range);
      return response;
    });
    await pushTo(fake, large).catch((error) => {
      assert.equal(error.code, "REGISTRY", range);
    });
    assertSane(fake);
  }
});

test("more bytes than were sent: anew, and an error where that does not help (req-050)", async () => {
  const always = fakeRegistry({ quirks: { ...inParts, range: "longer" } });
  await assert.rejects(pushTo(always, large), /other bytes than it was sent/);
  assert.equal(always.tags.size, 0);
  const once = fakeRegistry({ quirks: inParts });
  once.override(/^PATCH/, async (_, next) => {
    const response = await next();
    response.headers.set("range", `0-${5 * MIB}`);
    return response;
  }, 1);
  await pushTo(once, large);
  assertSane(once);
});

test("bytes that did not arrive as they were: anew, once", async () => {
  for (const quirks of [{}, inParts]) {
    const fake = fakeRegistry({ quirks });
    const match = quirks === inParts ? /^PATCH/ : /^PUT .*uploads/;
    fake.inject({ match, fault: { kind: "shortWrite", bytes: 500 } });
    if (quirks === inParts) {
      // It does not even say so, and appends what comes (docker-registry).
      fake.override(/^PATCH/, async (_, next) => {
        const response = await next();
        response.headers.delete("range");
        return response;
      });
      fake.override(/^GET .*uploads/, () => errorResponse(404, "UNKNOWN"));
    }
    await pushTo(fake, large);
    assertSane(fake);
  }
  // The registry that got it wrong may take no more than parts.
  const limited = fakeRegistry({ quirks: inParts });
  limited.override(
    /^PUT .*uploads/,
    () => errorResponse(400, "DIGEST_INVALID", "no match"),
    1,
  );
  await pushTo(limited, large);
  assertSane(limited);
  const never = fakeRegistry();
  never.override(
    /^PUT .*uploads/,
    () => errorResponse(400, "DIGEST_INVALID", "no match"),
  );
  await assert.rejects(pushTo(never, small), /DIGEST_INVALID: no match/);
  assert.equal(bodyLines(never).length, 2);
});
