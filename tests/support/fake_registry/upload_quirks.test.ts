import assert from "node:assert/strict";
import { test } from "node:test";
import { assertSane, fakeRegistry, type Quirks } from "../fake_registry.ts";
import { asker, type AskOptions } from "./ask.ts";
import {
  begin,
  chunk,
  digest,
  octets,
  open,
  POST,
  putManifest,
  putWhole,
  refusal,
  ten,
} from "./probe.ts";

test("Location: in all its spellings it leads to the upload", async () => {
  const spellings = {
    relative: /^\/v2\/a\/blobs\/uploads\/[^/?]+\?_state=a%2Fb%20c$/,
    absolute: /^https:\/\/registry\.test:8443\/v2\/a\//,
    otherPath: /^https:\/\/registry\.test:8443\/proxy\/v2\/a\//,
    otherHost: /^https:\/\/storage\.registry\.test:8443\/storage\/.*Signature=/,
    downgraded: /^http:\/\/registry\.test:8443\/v2\/a\//,
    withoutPort: /^https:\/\/registry\.test\/v2\/a\//,
  };
  for (const [location, pattern] of Object.entries(spellings)) {
    const registry = fakeRegistry({
      quirks: { location: location as keyof typeof spellings },
    });
    const ask = asker(registry.fetch, "https://registry.test:8443");
    assert.match(await begin(ask), pattern);
    assert.equal((await putWhole(ask)).status, 201, location);
  }
  const { ask } = open({ longLocation: 6000 });
  assert.ok((await begin(ask)).length > 6000);
  assert.equal((await putWhole(ask)).status, 201);
});

test("the storage takes no credential, and tells of one", async () => {
  for (const location of ["otherHost", "relative"] as const) {
    const quirks = { location, redirectUploads: true, redirectBlobs: true };
    const { ask, registry } = open(quirks);
    assert.equal((await putWhole(ask)).status, 201);
    const blob = await ask(`GET /v2/a/blobs/${digest}`);
    assert.equal(blob.status, 307);
    const target = blob.headers.get("location") ?? "";
    assert.match(target, /^https:\/\/storage\..*X-Amz-Signature=/);
    const signed = await ask(`GET ${target}`);
    assert.deepEqual(new Uint8Array(await signed.arrayBuffer()), ten);
    assertSane(registry);
    const headers = { authorization: "Bearer x" };
    assert.equal((await ask(`GET ${target}`, { headers })).status, 400);
    assert.equal(registry.leaks.length, 1);
    assert.throws(() => assertSane(registry));
  }
});

test("what is refused: PATCH, chunks, large and small bodies", async () => {
  const status = async (
    quirks: Quirks,
    options: AskOptions,
    method = "PATCH",
  ) => {
    const { ask } = open(quirks);
    const target = `${await begin(ask)}&digest=${digest}`;
    return (await ask(`${method} ${target}`, options)).status;
  };
  const whole = { headers: octets, body: ten };
  const ranged = chunk(0, 9);
  assert.equal(await status({ patch: refusal }, whole), 418);
  assert.equal(await status({ rangedPatch: refusal }, ranged), 418);
  assert.equal(await status({ rangedPatch: refusal }, whole), 202);
  assert.equal(await status({ maxRangedPatch: 9 }, ranged), 416);
  assert.equal(await status({ maxRangedPatch: 9 }, whole), 202);
  assert.equal(await status({ maxRangedPatch: 10 }, ranged), 202);
  assert.equal(await status({ maxPut: 9 }, whole, "PUT"), 413);
  assert.equal(await status({ maxPut: 9 }, whole), 202);
  assert.equal(await status({ maxBody: 9 }, whole, "PUT"), 413);
  assert.equal(await status({ maxBody: 9 }, whole), 413);
  assert.equal(await status({ maxChunk: 9 }, ranged), 413);
  assert.equal(await status({ maxChunk: 9 }, whole, "PUT"), 201);
  assert.equal(await status({}, { body: ten }, "PUT"), 415);
  const unit = { ...octets, "content-range": "bytes 0-9" };
  assert.equal(await status({}, { headers: unit, body: ten }), 400);
  const short = { ...octets, "content-range": "0-10" };
  assert.equal(await status({}, { headers: short, body: ten }), 400);
});

test("the least of a chunk: announced, and not for the last one", async () => {
  for (const silentLimits of [false, true]) {
    const { ask } = open({ minChunk: 4, maxChunk: 8, silentLimits });
    const { headers } = await ask(POST);
    const announced = silentLimits ? null : "4";
    assert.equal(headers.get("oci-chunk-min-length"), announced);
    assert.equal(headers.has("oci-chunk-max-length"), !silentLimits);
    const send = async (...ends: number[]) => {
      let location = await begin(ask);
      let start = 0;
      for (const end of ends) {
        const answer = await ask(`PATCH ${location}`, chunk(start, end));
        if (answer.status !== 202) return answer.status;
        location = answer.headers.get("location") ?? "";
        start = end + 1;
      }
      return (await ask(`PUT ${location}&digest=${digest}`)).status;
    };
    assert.equal(await send(3, 7, 9), 201);
    assert.equal(await send(2, 7, 9), 400);
  }
});

test("Range: what it can say after two chunks", async () => {
  const ranges = async (range: Quirks["range"]) => {
    const { ask } = open({ range });
    const told: (string | null)[] = [];
    let location = await begin(ask);
    for (const [start, end] of [[0, 3], [4, 8]] as const) {
      const { headers } = await ask(`PATCH ${location}`, chunk(start, end));
      location = headers.get("location") ?? "";
      told.push(headers.get("range"));
    }
    return told;
  };
  assert.deepEqual(await ranges(undefined), ["0-3", "0-8"]);
  assert.deepEqual(await ranges("stale"), ["0-3", "0-3"]);
  assert.deepEqual(await ranges("relative"), ["0-3", "0-4"]);
  assert.deepEqual(await ranges("missing"), [null, null]);
  assert.deepEqual(await ranges("prefixed"), ["bytes=0-3", "bytes=0-8"]);
  assert.deepEqual(await ranges("longer"), ["0-13", "0-18"]);
});

test("chunks out of order, 416 for nothing, uploads that are lost", async () => {
  const any = open({ anyOrder: true });
  const odd = await any.ask(`PATCH ${await begin(any.ask)}`, chunk(5, 9));
  assert.equal(odd.headers.get("range"), "0-4");

  const { ask } = open({ falseRangeErrors: 1 });
  const location = await begin(ask);
  assert.equal((await ask(`PATCH ${location}`, chunk(0, 9))).status, 416);
  assert.equal((await ask(`GET ${location}`)).status, 404);
  const next = await begin(ask);
  assert.equal((await ask(`PATCH ${next}`, chunk(0, 9))).status, 202);

  const lossy = open({ lostUploads: 1 });
  const statuses = [await putWhole(lossy.ask), await putWhole(lossy.ask)]
    .map(({ status }) => status);
  assert.deepEqual(statuses, [404, 201]);
});

test("statuses that are others", async () => {
  const { ask } = open({
    ...{ postStatus: 201, patchStatus: 204, blobStatus: 200 },
    ...{ manifestStatus: 202, uploadStatus: refusal },
  });
  const answer = await ask(POST);
  assert.equal(answer.status, 201);
  const location = answer.headers.get("location");
  assert.equal((await ask(`GET ${location}`)).status, 418);
  assert.equal((await ask(`PATCH ${location}`, chunk(0, 9))).status, 204);
  assert.equal((await putWhole(ask)).status, 200);
  assert.equal((await putManifest(ask)).status, 202);
});

test("mounts", async () => {
  const status = async (quirks: Quirks, from = "b") => {
    const { ask, registry } = open(quirks);
    registry.blobs.set(`b@${digest}`, ten);
    const { status } = await ask(`${POST}?mount=${digest}&from=${from}`);
    assert.equal(registry.blobs.has(`a@${digest}`), status === 201);
    return status;
  };
  assert.equal(await status({}), 201);
  assert.equal(await status({}, "c"), 202);
  assert.equal(await status({ mount: "ignored" }), 202);
  assert.equal(await status({ mount: refusal }), 418);
  assert.equal(await status({ mountFromUnknown: refusal }), 201);
  assert.equal(await status({ mountFromUnknown: refusal }, "c"), 418);
  const { ask } = open({ bareMount: refusal });
  assert.equal((await ask(`${POST}?mount=${digest}`)).status, 418);
});
