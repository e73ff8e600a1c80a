import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { fakeClock } from "../fake_clock.ts";
import { fakeRegistry, type Quirks } from "../fake_registry.ts";
import { asker, type AskOptions } from "./ask.ts";
import {
  bytes,
  digest,
  open,
  POST,
  putManifest,
  putWhole,
  refusal,
  ten,
} from "./probe.ts";

const { oci, docker } = mediaTypes;

test("digests that are told", async () => {
  const told = async (digestHeader: Quirks["digestHeader"]) =>
    (await putWhole(open({ digestHeader }).ask)).headers
      .get("docker-content-digest");
  assert.equal(await told(undefined), digest);
  assert.equal(await told("missing"), null);
  assert.equal(await told("wrong"), `sha256:${"0".repeat(64)}`);
});

test("reading: ranges, HEAD, Accept", async () => {
  const get = async (quirks: Quirks, line: string, options?: AskOptions) => {
    const { ask } = open(quirks);
    await putManifest(ask);
    const { status, headers } = await ask(line, options);
    return `${status} ${headers.get("content-range")}`;
  };
  const blob = `GET /v2/a/blobs/${digest}`;
  const range = { headers: { range: "bytes=3-5" } };
  assert.equal(await get({ blobRange: "ignored" }, blob, range), "200 null");
  assert.equal(
    await get({ blobRange: "wrong" }, blob, range),
    "206 bytes 2-4/10",
  );
  const head = `HEAD /v2/a/blobs/${digest}`;
  assert.equal(await get({ head: refusal }, head), "418 null");
  const manifest = "HEAD /v2/a/manifests/1";
  assert.equal(await get({ head: refusal }, manifest), "418 null");
  const unknown = { unknownManifestHead: refusal };
  assert.equal(await get(unknown, "HEAD /v2/a/manifests/2"), "418 null");
  assert.equal(await get(unknown, "GET /v2/a/manifests/2"), "404 null");
  assert.equal(await get(unknown, manifest), "200 null");
  const accept = { headers: { accept: docker.manifest } };
  assert.equal(await get({}, manifest, accept), "404 null");
  assert.equal(await get({ ignoreAccept: true }, manifest, accept), "200 null");
});

test("manifests that are refused", async () => {
  const put = async (
    quirks: Quirks,
    change?: Parameters<typeof putManifest>[1],
  ) => (await putManifest(open(quirks).ask, change)).status;
  const manifestTypes = [docker.manifest];
  assert.equal(await put({ manifestTypes }), 400);
  assert.equal(await put({ manifestTypes }, { types: docker }), 201);
  const configTypes = [oci.config];
  assert.equal(await put({ configTypes }), 201);
  assert.equal(await put({ configTypes }, { config: "text/x" }), 400);
  assert.equal(await put({}, { layer: docker.layer }), 201);
  assert.equal(await put({ pureFormats: true }, { layer: docker.layer }), 400);
  assert.equal(await put({ pureFormats: true }), 201);
  const { ask } = open({ immutableTags: true });
  assert.equal((await putManifest(ask)).status, 201);
  const again = await putManifest(ask);
  assert.equal(again.status, 400);
  assert.match(await again.text(), /immutable/);
});

test("repositories that have to be made before", async () => {
  const { ask } = open({ repositories: ["b"] });
  const answer = await ask(POST);
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /NAME_UNKNOWN/);
  assert.equal((await ask(POST.replace("/a/", "/b/"))).status, 202);
});

test("lists: links of all kinds, null, no referrers", async () => {
  const list = async (quirks: Quirks) => {
    const { ask, registry } = open({ pageSize: 1, ...quirks });
    registry.manifests.set("a@x", { mediaType: "", bytes: ten });
    for (const tag of ["1", "2"]) registry.tags.set(`a:${tag}`, "x");
    const { headers } = await ask("GET /v2/a/tags/list?n=5");
    return headers.get("link");
  };
  const next = "/v2/a/tags/list?n=1&last=1";
  assert.equal(await list({}), `<${next}>; rel="next"`);
  assert.equal(
    await list({ link: "absolute" }),
    `<https://registry.test${next}>; rel="next"`,
  );
  assert.equal(
    await list({ link: "loop" }),
    '</v2/a/tags/list?n=5>; rel="next"',
  );
  assert.equal(
    await list({ link: "otherHost" }),
    `<https://elsewhere.test${next}>; rel="next"`,
  );
  const { ask } = open({ nullTags: true, noReferrers: true });
  await putWhole(ask);
  const tags = await ask("GET /v2/a/tags/list");
  assert.equal((await tags.json()).tags, null);
  assert.equal((await ask(`GET /v2/a/referrers/${digest}`)).status, 404);
});

test("what shows late", async () => {
  const clock = fakeClock();
  const quirks = { lateContent: 2000, lateReferences: 1 };
  const ask = asker(fakeRegistry({ clock, quirks }).fetch);
  const first = await putManifest(ask);
  assert.equal(first.status, 400);
  assert.match(await first.text(), /MANIFEST_BLOB_UNKNOWN/);
  await clock.advance(1000);
  assert.equal((await putManifest(ask)).status, 201);
  const statuses = async () => [
    (await ask(`HEAD /v2/a/blobs/${digest}`)).status,
    (await ask("HEAD /v2/a/manifests/1")).status,
  ];
  assert.deepEqual(await statuses(), [404, 404]);
  await clock.advance(1000);
  assert.deepEqual(await statuses(), [200, 404]);
  await clock.advance(1000);
  assert.deepEqual(await statuses(), [200, 200]);
  const slow = fakeRegistry({ clock, quirks: { answerDelay: 3000 } });
  await asker(slow.fetch)("GET /v2/");
  assert.deepEqual(clock.sleeps, [3000]);
});

test("a registry that is full, or closed, or busy", async () => {
  const full = open({ diskSize: 15 });
  assert.equal((await putWhole(full.ask)).status, 201);
  const other = bytes("abcdef");
  assert.equal((await putWhole(full.ask, other)).status, 500);
  const poor = open({ quota: 9 });
  assert.equal((await putWhole(poor.ask)).status, 403);
  assert.equal((await open({ readOnly: true }).ask(POST)).status, 405);
  assert.equal((await open({ readOnly: true }).ask("GET /v2/")).status, 200);
  const rateLimit = { after: 1, times: 2, retryAfter: "880\u00b5s" };
  const busy = open({ rateLimit });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++) {
    statuses.push((await busy.ask("GET /v2/")).status);
  }
  assert.deepEqual(statuses, [200, 429, 429, 200]);
});

test("deletes that are refused, blobs without a byte", async () => {
  const { ask } = open({ deletes: refusal, emptyBlob: refusal });
  assert.equal((await ask(`DELETE /v2/a/blobs/${digest}`)).status, 418);
  assert.equal((await ask("DELETE /v2/a/manifests/1")).status, 418);
  assert.equal((await putWhole(ask, new Uint8Array(0))).status, 418);
  assert.equal((await putWhole(open({}).ask, new Uint8Array(0))).status, 201);
});

test("warnings, and errors that are no JSON", async () => {
  const { ask } = open({ warnings: ["a", "b"] });
  const { headers } = await ask("GET /v2/");
  assert.equal(headers.get("warning"), '299 - "a", 299 - "b"');
  const text = async (errorBodies: Quirks["errorBodies"]) =>
    await (await open({ errorBodies }).ask("GET /v3/")).text();
  assert.match(await text("html"), /^<html>/);
  assert.equal(await text("empty"), "");
});
