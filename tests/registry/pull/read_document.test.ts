import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCEPT } from "../../../src/registry/accept.ts";
import {
  bodyOf,
  descriptorOf,
  pullWorld,
  rejects,
  reset,
} from "./pull_world.ts";

const TYPE = "application/vnd.test.thing+json";
const bytes = new TextEncoder().encode("not even JSON");
const descriptor = await descriptorOf(bytes, TYPE);

test("a document of any type comes byte for byte, and nobody looks into it", async () => {
  const world = pullWorld(() =>
    new Response(bytes.slice(), { headers: { "content-type": TYPE } })
  );
  assert.deepEqual(await world.registry.document(descriptor), bytes);
  assert.deepEqual(world.lines, [`GET manifests/${descriptor.digest}`]);
  const [request] = world.requests;
  assert.equal(request?.headers.get("accept"), `${TYPE}, ${ACCEPT}`);
});

test("a document that breaks off is asked for again", async () => {
  const world = pullWorld((_, attempt) =>
    new Response(
      attempt === 1 ? bodyOf(bytes.subarray(0, 3), reset()) : bodyOf(bytes),
    )
  );
  assert.deepEqual(await world.registry.document(descriptor), bytes);
});

test("a document that is another, or of another size, is refused", async () => {
  const world = pullWorld(() => new Response("not even JSOn"));
  await rejects(
    world.registry.document(descriptor),
    "DIGEST_MISMATCH",
    /its digest is sha256:/,
  );
  const right = pullWorld(() => new Response(bytes.slice()));
  await rejects(
    right.registry.document({ ...descriptor, size: 5 }),
    "REGISTRY",
    /it has 13 bytes, and it is to be 5/,
  );
});

test("a document that is not there, too long or not verifiable is an error", async () => {
  const none = pullWorld(() => new Response(null, { status: 404 }));
  await rejects(none.registry.document(descriptor), "REGISTRY", /404/);
  const long = pullWorld(() => new Response(new Uint8Array(5 << 20)));
  await rejects(
    long.registry.document(descriptor),
    "REGISTRY",
    /longer than 4194304 bytes/,
  );
  await rejects(
    long.registry.document({ ...descriptor, digest: "md5:00" }),
    "USAGE",
    /cannot be verified/,
  );
  assert.equal(long.lines.length, 1);
});
