import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ByteSource, chunksOf } from "../../../src/bytes/byte_source.ts";
import { concat } from "../../../src/bytes/concat.ts";
import { forwarded } from "../../../src/bytes/forwarded.ts";
import { partOf } from "../../../src/bytes/part_of.ts";
import { fakeRegistry, type Quirks } from "../../support/fake_registry.ts";
import { bytes, descriptor, PLACE, sameBytes, size } from "./blob_world.ts";
import {
  type Answering,
  bodyOf,
  type PullWorld,
  pullWorld,
  rejects,
  reset,
} from "./pull_world.ts";

/** What a good registry answers to a range. */
function ranged(request: Request, until = Infinity): Response {
  const range = request.headers.get("range");
  if (range === null) return new Response(bytes.slice());
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const first = Number(from);
  const last = to === "" ? size - 1 : Number(to);
  const end = Math.min(last + 1, until);
  const pieces = end > last
    ? [bytes.slice(first, end)]
    : [bytes.slice(first, end), reset()];
  return new Response(bodyOf(...pieces), {
    status: 206,
    headers: { "content-range": `bytes ${first}-${last}/${size}` },
  });
}

async function all(source: ByteSource): Promise<Uint8Array> {
  const got: Uint8Array[] = [];
  for await (const chunk of chunksOf(source)) got.push(chunk.slice());
  return concat(got);
}

const slice = ({ registry }: PullWorld, start: number, end: number) =>
  partOf(registry.blob(descriptor), start, end);

test("a slice asks for its own bytes and no others (req-027)", async () => {
  const world = pullWorld((request) => ranged(request));
  const part = slice(world, 1000, 5000);
  assert.equal(part.size, 4000);
  sameBytes(await all(part), bytes.subarray(1000, 5000));
  sameBytes(await all(slice(world, 0, 10)), bytes.subarray(0, 10));
  sameBytes(await all(slice(world, 7, size)), bytes.subarray(7));
  sameBytes(
    await all(partOf(part, 100, 200)),
    bytes.subarray(1100, 1200),
  );
  assert.equal((await all(slice(world, 9, 9))).byteLength, 0);
  assert.deepEqual(world.lines, [
    `${PLACE} bytes=1000-4999`,
    `${PLACE} bytes=0-9`,
    `${PLACE} bytes=7-`,
    `${PLACE} bytes=1100-1199`,
  ]);
});

test("a slice of everything is the blob, and checked", async () => {
  const wrong = bytes.slice();
  wrong[0] = 1 + (wrong[0] ?? 0);
  const world = pullWorld(() => new Response(wrong));
  await rejects(all(slice(world, 0, size)), "DIGEST_MISMATCH", /its digest is/);
  assert.deepEqual(world.lines, [PLACE]);
});

test("a slice whose connection breaks goes on where it ended", async () => {
  const world = pullWorld((request, attempt) =>
    ranged(request, attempt === 1 ? 120_000 : undefined)
  );
  sameBytes(
    await all(slice(world, 100_000, 200_000)),
    bytes.subarray(100_000, 200_000),
  );
  assert.deepEqual(world.lines, [
    `${PLACE} bytes=100000-199999`,
    `${PLACE} bytes=120000-199999`,
  ]);
});

test("where ranges are not known, or refused, what is before is left out", async () => {
  const whole = () => new Response(bytes.slice());
  const answers: readonly Answering[] = [
    whole,
    (request) =>
      request.headers.has("range")
        ? new Response(null, { status: 416 })
        : whole(),
    (request) => {
      if (!request.headers.has("range")) return whole();
      const answer = ranged(request);
      // Places in what is compressed are others.
      answer.headers.set("content-encoding", "gzip");
      return answer;
    },
  ];
  for (const answering of answers) {
    const world = pullWorld(answering);
    sameBytes(await all(slice(world, 500, 900)), bytes.subarray(500, 900));
  }
});

test("a range that was not asked for is refused", async () => {
  const world = pullWorld(() =>
    new Response(bytes.slice(0, 100), {
      status: 206,
      headers: { "content-range": `bytes 0-99/${size}` },
    })
  );
  await rejects(
    all(slice(world, 500, 900)),
    "REGISTRY",
    /its bytes from 500 on were asked for, and others came/,
  );
});

test("any slice of any registry is that part of the blob", async () => {
  const place = fc.nat({ max: size });
  const quirks = fc.constantFrom<Quirks>({}, { blobRange: "ignored" }, {
    redirectBlobs: true,
  });
  await fc.assert(
    fc.asyncProperty(place, place, quirks, async (a, b, quirks) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      const fake = fakeRegistry({ quirks });
      fake.blobs.set(`team/app@${descriptor.digest}`, bytes);
      const { registry } = pullWorld(() => Response.error(), {
        fetch: fake.fetch,
      });
      const source = forwarded(registry.blob(descriptor));
      sameBytes(
        await all(partOf(source, start, end)),
        bytes.subarray(start, end),
      );
    }),
    { numRuns: 60 },
  );
});
