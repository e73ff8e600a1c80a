import assert from "node:assert/strict";
import { test } from "node:test";
import { chunksOf } from "../../../src/bytes/byte_source.ts";
import { concat } from "../../../src/bytes/concat.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import {
  broken,
  bytes,
  descriptor,
  PLACE,
  rest,
  sameBytes,
} from "./blob_world.ts";
import {
  type Answering,
  type PullWorld,
  pullWorld,
  rejects,
  reset,
} from "./pull_world.ts";

const CDN = "https://cdn.test/layer?sig=s3cret";
const account = { username: "alice", password: "s3cret" };

/** A registry that does not have the blob, and whoever has it. */
function world(answering: Answering): PullWorld {
  let elsewhere = 0;
  return pullWorld((request) => {
    if (new URL(request.url).host === "registry.test") {
      const body = { errors: [{ code: "BLOB_UNKNOWN" }] };
      return Response.json(body, { status: 404 });
    }
    return answering(request, ++elsewhere);
  }, { credentials: () => account });
}

async function readFrom(
  registry: Registry,
  urls: string[] | undefined,
  foreign = true,
): Promise<Uint8Array> {
  const got: Uint8Array[] = [];
  const source = registry.blob({ ...descriptor, urls }, { foreign });
  for await (const chunk of chunksOf(source)) got.push(chunk.slice());
  return concat(got);
}

test("the urls of a descriptor are not asked unless that is wanted", async () => {
  const { registry, lines } = world(() => new Response(bytes.slice()));
  await rejects(readFrom(registry, [CDN], false), "REGISTRY", /404/);
  await rejects(readFrom(registry, undefined), "REGISTRY", /404/);
  await rejects(readFrom(registry, []), "REGISTRY", /404/);
  assert.deepEqual(lines, [PLACE, PLACE, PLACE]);
});

test("a registry that has the blob, or refuses it, is not gone past", async () => {
  const has = pullWorld((request) => rest(request));
  sameBytes(await readFrom(has.registry, [CDN]), bytes);
  assert.deepEqual(has.lines, [PLACE]);
  const refuses = pullWorld(() => new Response(null, { status: 403 }));
  await rejects(readFrom(refuses.registry, [CDN]), "REGISTRY", /403/);
  assert.deepEqual(refuses.lines, [PLACE]);
});

test("what the registry does not have is read from the urls, without a credential", async () => {
  const { registry, requests, lines } = world((request) => rest(request));
  sameBytes(await readFrom(registry, [CDN]), bytes);
  assert.deepEqual(lines, [PLACE, `GET ${CDN}`]);
  assert.equal(requests[1]?.headers.has("authorization"), false);
});

test("a connection to one of the urls that breaks is followed by another one to it", async () => {
  const { registry, lines } = world((request, attempt) =>
    attempt === 1 ? broken(request, 1000, reset()) : rest(request)
  );
  sameBytes(await readFrom(registry, [CDN, "https://b.test/"]), bytes);
  assert.deepEqual(lines, [
    PLACE,
    `GET ${CDN}`,
    `GET ${CDN} bytes=1000-`,
  ]);
});

test("the urls are tried one after the other", async () => {
  const { registry, lines } = world((request) =>
    request.url === "https://c.test/"
      ? rest(request)
      : request.url === "https://b.test/"
      ? new Response(bytes.slice(1), {
        headers: { "content-length": String(bytes.length - 1) },
      })
      : new Response(null, { status: 404 })
  );
  const urls = ["nowhere", "https://a.test/", "https://b.test/"];
  sameBytes(await readFrom(registry, [...urls, "https://c.test/"]), bytes);
  assert.deepEqual(lines.slice(1), [
    "GET https://a.test/",
    "GET https://b.test/",
    "GET https://c.test/",
  ]);
});

test("where none has it, the error tells why of each, and no signature", async () => {
  const { registry } = world(() => new Response(null, { status: 410 }));
  const error = await rejects(
    readFrom(registry, [CDN, "http://cdn.test/"]),
    "REGISTRY",
    /the registry does not have it, and none of the urls of its descriptor gives it \(https:\/\/cdn\.test\/layer: .*410; http:\/\/cdn\.test\/: that would leave https for http\)$/,
  );
  assert.doesNotMatch(error.message, /s3cret/);
});

test("no more than a few urls are asked", async () => {
  const { registry, lines } = world(() => new Response(null, { status: 404 }));
  const urls = Array.from({ length: 1000 }, (_, n) => `https://a.test/${n}`);
  await assert.rejects(readFrom(registry, urls), { code: "REGISTRY" });
  assert.equal(lines.length, 9);
});

test("bytes of a url are checked", async () => {
  const wrong = bytes.slice();
  wrong[9] = 1 + (wrong[9] ?? 0);
  const { registry } = world(() => new Response(wrong));
  await rejects(readFrom(registry, [CDN]), "DIGEST_MISMATCH", /its digest is/);
});

test("no url leads out of https, into a network or to another protocol", async () => {
  const { registry, lines } = world(() => new Response(bytes.slice()));
  for (
    const url of [
      "http://cdn.test/layer",
      "https://127.0.0.1/layer",
      "https://localhost:5000/layer",
      "https://10.0.0.1/layer",
      "https://169.254.169.254/latest",
      "https://[fd00:ec2::254]/",
      "https://alice:pw@cdn.test/layer",
      "file:///etc/passwd",
      "ftp://cdn.test/layer",
    ]
  ) {
    await assert.rejects(readFrom(registry, [url]), { code: "REGISTRY" }, url);
  }
  assert.deepEqual(new Set(lines), new Set([PLACE]));
});

test("nor does a redirect of a url", async () => {
  for (
    const location of [
      "http://other.test/layer",
      "https://10.0.0.1/layer",
      "https://metadata.google.internal/",
    ]
  ) {
    const { registry, lines } = world(() =>
      new Response(null, { status: 302, headers: { location } })
    );
    await assert.rejects(readFrom(registry, [CDN]), { code: "REGISTRY" });
    assert.deepEqual(lines, [PLACE, `GET ${CDN}`], location);
  }
});

test("http is for this machine alone, where the registry is here as well", async () => {
  const asked: string[] = [];
  const registry = new Registry("localhost:5000/team/app", {
    clock: fakeClock(),
    fetch: (request) => {
      asked.push(new URL(request.url).host);
      return Promise.resolve(
        asked.at(-1) === "localhost:5000"
          ? new Response(null, { status: 404 })
          : rest(request),
      );
    },
  });
  await assert.rejects(readFrom(registry, ["http://cdn.test/layer"]), {
    message: /it is not https/,
  });
  sameBytes(await readFrom(registry, ["http://127.0.0.1:9/layer"]), bytes);
  assert.deepEqual(asked, ["localhost:5000", "localhost:5000", "127.0.0.1:9"]);
});

test("a signal ends it: no further url is asked", async () => {
  const controller = new AbortController();
  const { registry, lines } = world((request) => {
    controller.abort();
    request.signal.throwIfAborted();
    return new Response(null, { status: 404 });
  });
  const source = registry.blob(
    { ...descriptor, urls: [CDN, "https://b.test/"] },
    { foreign: true, signal: controller.signal },
  );
  const work = async () => {
    for await (const _ of chunksOf(source));
  };
  await assert.rejects(work(), { code: "ABORTED" });
  assert.equal(lines.length, 2);
});
