import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DigestMismatchError } from "../../../src/bytes/digest_mismatch_error.ts";
import { someBytes } from "../sample_image.ts";
import {
  broken,
  bytes,
  gives,
  KIB,
  PLACE,
  read,
  refuses,
  rest,
  sameBytes,
  size,
} from "./blob_world.ts";
import { bodyOf, descriptorOf, pullWorld, reset } from "./pull_world.ts";

test("a connection that breaks is followed by another one (fault: reset in the middle of a download body) (req-027)", async () => {
  const world = pullWorld((request, attempt) =>
    attempt === 1
      ? broken(request, 100_000, reset())
      : attempt === 2
      ? broken(request, 200_000, reset())
      : rest(request)
  );
  await gives(world);
  assert.deepEqual(world.lines, [
    PLACE,
    `${PLACE} bytes=100000-`,
    `${PLACE} bytes=200000-`,
  ]);
});

test("a body that ends too early goes on (fault: truncated response)", async () => {
  const world = pullWorld((request, attempt) =>
    attempt === 1 ? broken(request, 1000) : rest(request)
  );
  await gives(world);
  assert.deepEqual(world.lines, [PLACE, `${PLACE} bytes=1000-`]);
});

test("a registry that always breaks off has an end", async () => {
  const { world } = await refuses(
    (request) => broken(request, 1000, reset()),
    "NETWORK",
    /registry\.test: it closed the connection/,
  );
  assert.equal(world.lines.length, 6);
  const waits = world.clock.sleeps;
  assert.equal(waits.length, 5);
  // A trickle does not count as progress either.
  let end = 0;
  const trickle = await refuses(
    (request) => broken(request, end += 100, reset()),
    "NETWORK",
    /closed the connection/,
  );
  assert.equal(trickle.world.lines.length, 6);
});

test("progress counts attempts anew", async () => {
  let end = 0;
  const large = someBytes(2000 * KIB);
  const world = pullWorld((request) => {
    end += 100 * KIB;
    const { status, headers } = rest(request, {}, large);
    const first = Number(/\d+/.exec(request.headers.get("range") ?? "0")?.[0]);
    const body = bodyOf(large.slice(first, end), reset());
    return new Response(body, { status, headers });
  });
  await gives(world, large, await descriptorOf(large));
  assert.equal(world.lines.length, 20);
});

test("a body that stops coming is followed by another one (fault: stalled body)", async () => {
  const world = pullWorld((request, attempt) => {
    if (attempt > 1) return rest(request);
    let isFirst = true;
    return new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          if (!isFirst) return new Promise(() => {});
          isFirst = false;
          controller.enqueue(bytes.slice(0, 1000));
        },
      }, { highWaterMark: 0 }),
    );
  });
  const reading = gives(world);
  await world.clock.untilWaiting();
  for (let i = 0; i < 10 && world.lines.length < 2; i++) {
    await world.clock.advance(60_000);
  }
  await reading;
  assert.deepEqual(world.lines, [PLACE, `${PLACE} bytes=1000-`]);
});

test("a Range that is ignored is skipped (fault: wrong/ignored Range, wrong Content-Range)", async () => {
  const world = pullWorld((request, attempt) =>
    attempt === 1 ? broken(request, 100_000, reset()) : new Response(bodyOf(
      bytes.slice(0, 60_000),
      bytes.slice(60_000, 100_000),
      bytes.slice(100_000),
    ))
  );
  await gives(world);
});

test("416 before the end: from the start without a Range (fault: wrong/ignored Range, wrong Content-Range)", async () => {
  const world = pullWorld((request, attempt) =>
    attempt === 1
      ? broken(request, 1000, reset())
      : request.headers.has("range")
      ? new Response("", { status: 416 })
      : rest(request)
  );
  await gives(world);
  assert.deepEqual(world.lines, [PLACE, `${PLACE} bytes=1000-`, PLACE]);
});

test("all bytes were there when the connection broke: done without asking (req-027)", async () => {
  const world = pullWorld(() => new Response(bodyOf(bytes, reset())));
  await gives(world);
  assert.deepEqual(world.lines, [PLACE]);
});

test("a part with a total that is not told", async () => {
  const world = pullWorld((request, attempt) =>
    attempt === 1
      ? broken(request, 1000, reset())
      : rest(request, { "content-range": `bytes 1000-${size - 1}/*` })
  );
  await gives(world);
});

test("what is wrapped is not resumed by places in the blob", async () => {
  const headers = { "content-encoding": "gzip" };
  const world = pullWorld((_, attempt) =>
    attempt === 1
      ? new Response(bodyOf(bytes.slice(0, 1000), reset()), { headers })
      : new Response(bodyOf(bytes), { headers })
  );
  await gives(world);
  assert.deepEqual(world.lines, [PLACE, PLACE]);
});

test("however the connection breaks, the bytes are right or there is an error", async () => {
  const small = someBytes(500);
  const of = await descriptorOf(small);
  const ends = fc.array(fc.nat({ max: 500 }), { maxLength: 4 });
  const modes = fc.constantFrom("range", "ignore", "refuse", "corrupt");
  await fc.assert(
    fc.asyncProperty(
      ends,
      modes,
      fc.nat({ max: 499 }),
      async (cuts, mode, at) => {
        const world = pullWorld((request, attempt) => {
          const isPart = request.headers.has("range");
          if (isPart && mode === "refuse") {
            return new Response("", { status: 416 });
          }
          const first = isPart && mode !== "ignore"
            ? Number(/\d+/.exec(request.headers.get("range") ?? "")?.[0])
            : 0;
          const sent = small.slice();
          if (mode === "corrupt") sent[at] = (sent[at] ?? 0) ^ 1;
          const end = cuts[attempt - 1];
          const body = end === undefined
            ? bodyOf(sent.slice(first))
            : bodyOf(sent.slice(first, Math.max(first, end)), reset());
          return new Response(body, {
            status: first > 0 ? 206 : 200,
            headers: first > 0
              ? { "content-range": `bytes ${first}-499/500` }
              : {},
          });
        });
        const { bytes: got, error } = await read(world, of);
        if (mode === "corrupt") assert.ok(error instanceof DigestMismatchError);
        if (error === undefined) sameBytes(got, small);
        else assert.ok(got.byteLength < 500);
        assert.ok(world.lines.length <= 10);
      },
    ),
  );
});
