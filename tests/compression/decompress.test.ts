import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import zlib from "node:zlib";
import fc from "fast-check";
import { compress } from "../../src/compression/compress.ts";
import { iterateStream, streamOf } from "../../src/bytes/byte_source.ts";
import {
  decoded,
  decompress,
  sniff,
} from "../../src/compression/decompress/decompress.ts";
import { decoderFor } from "../../src/compression/decompress/decoder.ts";
import { encodingOf } from "../../src/compression/decompress/encoding.ts";

const parts = [
  randomBytes(70_000),
  Buffer.from("x".repeat(200_000)),
  Buffer.alloc(0),
  randomBytes(3),
];
const whole = sha256(Buffer.concat(parts));

const members = parts.map((part) => zlib.gzipSync(part));
const gzip = Buffer.concat(members);
const firstMember = members[0]?.length ?? 0;

// `zstd` of Node 22.15, which is younger than the oldest Node that we run on.
const { zstdCompressSync } = zlib;
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
const frames = parts.map((part) => zstdCompressSync(part));
const zstd = Buffer.concat([skippable, ...frames, skippable]);

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function* cut(bytes: Uint8Array, size: number) {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}

const decoders = {
  "of the runtime": (encoding: "gzip" | "zstd") => decoderFor(encoding),
  "without node:zlib": (encoding: "gzip" | "zstd") => decoderFor(encoding, {}),
};

for (const [name, find] of Object.entries(decoders)) {
  const read = async (bytes: Uint8Array, size = 1000) => {
    const hash = createHash("sha256");
    for await (const chunk of decoded(await sniff(cut(bytes, size)), find)) {
      hash.update(chunk);
    }
    return hash.digest("hex");
  };

  test(`${name}: many members and frames, however they are cut`, async () => {
    for (const size of [31, 1000, firstMember, 65_536, 1e9]) {
      assert.equal(await read(gzip, size), whole, `gzip, ${size}`);
      assert.equal(await read(zstd, size), whole, `zstd, ${size}`);
    }
  });

  test(`${name}: zeros behind the last member mean nothing`, async () => {
    const small = zlib.gzipSync("small");
    for (const member of [small, gzip]) {
      const padded = Buffer.concat([member, Buffer.alloc(700)]);
      const all = member === small ? sha256(Buffer.from("small")) : whole;
      for (const size of [member === small ? 1 : 31, 512, member.length, 1e9]) {
        assert.equal(await read(padded, size), all, `${size}`);
      }
    }
  });

  for (
    const [what, bytes] of [
      ["gzip cut off at the end", gzip.subarray(0, -5)],
      ["gzip cut off in a header", gzip.subarray(0, firstMember + 5)],
      ["gzip cut off in the middle", gzip.subarray(0, 30_000)],
      ["gzip with other things behind it", Buffer.concat([gzip, skippable])],
      ["gzip with text behind it", Buffer.concat([gzip, Buffer.from("x")])],
      [
        "gzip with a member behind zeros",
        Buffer.concat([gzip, Buffer.alloc(512), gzip]),
      ],
      ["gzip with a zero for a header", withByte(gzip, firstMember, 0)],
      ["damaged gzip", damaged(gzip, 30_000)],
      [
        "a damaged checksum before the last member",
        withByte(gzip, firstMember - 5, 0x5a ^ (gzip[firstMember - 5] ?? 0)),
      ],
      ["zstd cut off at the end", zstd.subarray(0, -skippable.length - 2)],
      ["zstd cut off in the middle", zstd.subarray(0, 30_000)],
      ["zstd cut off in a frame to skip", zstd.subarray(0, -2)],
      ["zstd with other things behind it", Buffer.concat([zstd, gzip])],
      // A window descriptor of 2 GiB.
      ["zstd that needs too much memory", withWindow(0xa8)],
    ] as const
  ) {
    test(`${name}, refused: ${what}`, async () => {
      await assert.rejects(read(bytes), {
        code: "COMPRESSION",
        message: /^Cannot decompress: the (gzip|zstd) data is damaged/,
      });
    });
  }

  test(`${name}: whatever is damaged or cut off is noticed`, async () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 0, max: 5000 }).map((length) => new Uint8Array(length)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 600 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.integer({ min: 1, max: 255 }),
        async (parts, size, where, change) => {
          const all = sha256(Buffer.concat(parts));
          const bytes = Buffer.concat(parts.map((part) => zlib.gzipSync(part)));
          assert.equal(await read(bytes, size), all);
          const at = Math.floor(where * bytes.length);
          const changed = withByte(bytes, at, change ^ (bytes[at] ?? 0));
          // What the first header begins with says what the bytes are.
          for (const other of at > 1 ? [changed, bytes.subarray(0, at)] : []) {
            const result = await read(other, size).catch((error) => error.code);
            const isShorter = other.length < bytes.length;
            const allowed = isShorter ? prefixes(parts) : [all];
            assert.ok(result === "COMPRESSION" || allowed.includes(result));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test(`${name}: a failure of the source is not blamed on the data`, async () => {
    const failure = new Error("the disk is gone");
    async function* broken() {
      yield await Promise.resolve(gzip.subarray(0, 1000));
      throw failure;
    }
    await assert.rejects(async () => {
      for await (const _ of decoded(await sniff(broken()), find));
    }, failure);
  });

  test(`${name}: who leaves early closes the source`, async () => {
    for (const bytes of [gzip, zstd]) {
      const source = cut(bytes, 1000);
      for await (const _ of decoded(await sniff(source), find)) break;
      assert.deepEqual(await source.next(), { done: true, value: undefined });
    }
  });

  test(`${name}: zeros flow, however well they are compressed`, async () => {
    const zeros = new Uint8Array(64 << 20);
    for (const bytes of [zlib.gzipSync(zeros), zstdCompressSync(zeros)]) {
      let most = 0;
      let length = 0;
      for await (
        const chunk of decoded(await sniff(cut(bytes, 1e9)), find)
      ) {
        most = Math.max(most, chunk.length);
        length += chunk.length;
      }
      assert.equal(length, zeros.length);
      assert.ok(most <= 8 << 20, `${most} bytes at once`);
    }
  });
}

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy.fill(0xff, firstMember + 12, firstMember + 40);
  copy[at] = ~(copy[at] ?? 0);
  return copy;
}

/** What is left where whole members are missing at the end. */
function prefixes(parts: readonly Uint8Array[]): string[] {
  return parts.map((_, index) => sha256(Buffer.concat(parts.slice(0, index))));
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[at] = value;
  return copy;
}

function withWindow(descriptor: number): Uint8Array {
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, descriptor, 1, 0, 0);
}

test("what is not compressed stays as it is, also when it is short", async () => {
  for (const text of ["", "a", "abc", "abcd", "a".repeat(10_000)]) {
    const stream = decompress(new Blob([text]).stream());
    assert.equal(await new Response(stream).text(), text);
  }
});

test("the encoding is told by the first bytes", () => {
  assert.equal(encodingOf(gzip.subarray(0, 4)), "gzip");
  assert.equal(encodingOf(zstd.subarray(0, 4)), "zstd");
  assert.equal(encodingOf(frames[0]?.subarray(0, 4) ?? gzip), "zstd");
  assert.equal(encodingOf(Buffer.from("text")), "none");
  assert.equal(encodingOf(new Uint8Array()), "none");
});

test("our own layers are read", async () => {
  for (const compression of ["gzip", "gzip:stream", "none"] as const) {
    const blocks = streamOf(parts.map((part) => new Uint8Array(part)));
    const hash = createHash("sha256");
    for await (
      const chunk of iterateStream(
        decompress(compress(blocks, { compression })),
      )
    ) hash.update(chunk);
    assert.equal(hash.digest("hex"), whole, compression);
  }
});
