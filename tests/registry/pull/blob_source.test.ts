import assert from "node:assert/strict";
import { test } from "node:test";
import { DigestMismatchError } from "../../../src/bytes/digest_mismatch_error.ts";
import { hashOf } from "../../../src/bytes/hasher.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import type { Descriptor } from "../../../src/spec/descriptor.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";
import { errorResponse } from "../../support/fake_registry.ts";
import { someBytes } from "../sample_image.ts";
import {
  broken,
  bytes,
  descriptor,
  digest,
  gives,
  PLACE,
  read,
  rest,
  sameBytes,
  size,
} from "./blob_world.ts";
import { BASE, descriptorOf, pullWorld, rejects, reset } from "./pull_world.ts";

test("a blob is read whenever it is opened (req-024)", async () => {
  const world = pullWorld((request) =>
    rest(request, { "docker-content-digest": digest })
  );
  const source = world.registry.blob(descriptor);
  assert.equal(source.size, size);
  assert.deepEqual(world.lines, []);
  await gives(world);
  const streamed = await new Response(source.stream()).arrayBuffer();
  sameBytes(new Uint8Array(streamed), bytes);
  assert.deepEqual(world.lines, [PLACE, PLACE]);
});

test("an empty blob, and one by sha512", async () => {
  const empty = await descriptorOf(new Uint8Array());
  const none = new Uint8Array();
  await gives(pullWorld(() => new Response("")), none, empty);
  const other = { ...descriptor, digest: hashOf(bytes, "sha512") };
  // docker-registry says the sha256 of it.
  const world = pullWorld((request) =>
    rest(request, { "docker-content-digest": digest })
  );
  await gives(world, bytes, other);
  const wrong = { ...descriptor, digest: hashOf(someBytes(3), "sha512") };
  const { error } = await read(pullWorld((request) => rest(request)), wrong);
  assert.ok(error instanceof DigestMismatchError);
});

test("a digest that is none, or cannot be verified, is never asked for (rule 4: digest as path, CVE-2024-3727) (req-005)", () => {
  const { registry, lines } = pullWorld(() => new Response(""));
  const blob = (more: object) => () =>
    registry.blob({ ...descriptor, ...more } as Descriptor);
  for (
    const digest of [
      "sha256:../../x",
      "sha256:%2e",
      "sha256:ABC",
      "../../../x",
      "",
    ]
  ) assert.throws(blob({ digest }), { code: "DIGEST_SYNTAX" }, digest);
  assert.throws(blob({ digest: "blake3:ab" }), {
    code: "USAGE",
    message: /cannot be verified/,
  });
  for (const size of [-1, 1.5, NaN, 2 ** 53, "12", undefined]) {
    assert.throws(blob({ size }), { code: "USAGE", message: /its size/ });
  }
  assert.deepEqual(lines, []);
});

test("digests of other projects' tables", { skip: skipWithoutCorpora }, () => {
  const { registry, lines } = pullWorld(() => new Response(""));
  const { goDigest, ggcrBad, ggcrGood } = readCorpus<{
    goDigest: { Input: string; Err?: unknown }[];
    ggcrGood: string[];
    ggcrBad: string[];
  }>("digest/parse.json");
  const open = (digest: string) => () =>
    registry.blob({ ...descriptor, digest } as Descriptor);
  for (const { Input, Err } of goDigest) {
    if (Err === undefined) assert.doesNotThrow(open(Input));
    else assert.throws(open(Input), { name: "ScratchbuildError" });
  }
  for (const digest of ggcrGood) assert.doesNotThrow(open(digest));
  for (const digest of ggcrBad) {
    assert.throws(open(digest), { name: "ScratchbuildError" }, digest);
  }
  assert.deepEqual(lines, []);
});

test("the urls of a descriptor are not asked (rule 3: foreign layer urls, CVE-2020-15157)", async () => {
  const world = pullWorld(() => errorResponse(404, "BLOB_UNKNOWN", "gone"));
  const urls = ["https://elsewhere.test/x", "http://169.254.169.254/"];
  const { error } = await read(world, { ...descriptor, urls });
  assert.ok(error instanceof RegistryError);
  assert.equal(error.status, 404);
  assert.deepEqual(world.lines, [PLACE]);
});

test("a blob store is asked anew, and sees no credential (rule 2: credential forwarding) (fault: redirect to blob store: auth stripped; signed URL intact)", async () => {
  const store = "https://store.test/data?signature=s3cret";
  let opened = 0;
  const world = pullWorld((request) => {
    if (request.url.startsWith(BASE)) {
      if (!request.headers.has("authorization")) {
        return new Response("", {
          status: 401,
          headers: { "www-authenticate": 'Basic realm="x"' },
        });
      }
      return new Response("", { status: 307, headers: { location: store } });
    }
    assert.equal(request.url, store);
    assert.equal(request.headers.get("authorization"), null);
    opened++;
    return opened === 1 ? broken(request, 1000, reset()) : rest(request);
  }, { credentials: () => ({ username: "me", password: "pass-word" }) });
  await gives(world);
  assert.equal(opened, 2);
  assert.deepEqual(world.lines.at(-1), `GET ${store} bytes=1000-`);
  const gone = pullWorld(({ url }) =>
    url.startsWith(BASE)
      ? new Response("", { status: 307, headers: { location: store } })
      : new Response("<Error>expired</Error>", { status: 403 })
  );
  const { error } = await read(gone);
  assert.ok(error instanceof RegistryError);
  assert.equal(error.status, 403);
  assert.doesNotMatch(error.message, /s3cret/);
});

test("who stops reading lets go of the connection", async () => {
  let isOpen = true;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(bytes.slice(0, 1000)),
    cancel() {
      isOpen = false;
    },
  });
  const { registry, clock } = pullWorld(() => new Response(endless));
  const reader = registry.blob(descriptor).stream().getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(isOpen, false);
  assert.deepEqual(clock.waiting, []);
});

test("an aborted signal ends it, and no other attempt is made", async () => {
  const controller = new AbortController();
  const world = pullWorld((request) => {
    controller.abort();
    return broken(request, 1000, reset());
  });
  const { error } = await read(world, descriptor, controller.signal);
  await rejects(Promise.reject(error), "ABORTED", /interrupted/);
  assert.equal(world.lines.length, 1);
});
