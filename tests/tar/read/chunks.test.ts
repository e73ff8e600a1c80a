import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { readTar } from "../../../src/tar/read/read_tar.ts";
import { TarError } from "../../../src/tar/read/tar_error.ts";
import { corpusFile, skipWithoutCorpora } from "../../support/corpora.ts";

/** Chunks of these sizes, over and over; a size of 0 makes an empty one. */
function* cut(
  bytes: Uint8Array,
  sizes: readonly number[],
): Generator<Uint8Array> {
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

/** All that is read, up to the error. */
async function readAll(tar: Iterable<Uint8Array>): Promise<unknown[]> {
  const all: unknown[] = [];
  try {
    for await (const { body, ...header } of readTar(tar)) {
      const hash = createHash("sha256");
      // A sparse file may claim to be of any size.
      if (header.size < 1 << 22) {
        for await (const chunk of body) hash.update(chunk);
      }
      all.push(header, hash.digest("hex"));
    }
  } catch (error) {
    assert.ok(error instanceof TarError);
    all.push(error.message, error.offset);
  }
  return all;
}

test("property: however a tar arrives, the same is read, or refused", {
  skip: skipWithoutCorpora,
}, async () => {
  const files = [
    "go-archive-tar/testdata",
    "libarchive",
    "tar-rs",
    "modern-tar",
  ]
    .flatMap((directory) =>
      readdirSync(corpusFile(directory)).map((name) => `${directory}/${name}`)
    )
    .filter((path) =>
      path.endsWith(".tar") && statSync(corpusFile(path)).size < 50_000
    );
  assert.ok(files.length > 90);
  const known = new Map<string, Promise<unknown[]>>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.integer({ min: 0, max: 1100 }), {
        minLength: 1,
        maxLength: 9,
      })
        .filter((sizes) => sizes.some((size) => size > 0)),
      async (file, sizes) => {
        const bytes = new Uint8Array(readFileSync(corpusFile(file)));
        const whole = known.get(file) ?? readAll([bytes]);
        known.set(file, whole);
        assert.deepEqual(await readAll(cut(bytes, sizes)), await whole, file);
      },
    ),
    { numRuns: 500 },
  );
});
