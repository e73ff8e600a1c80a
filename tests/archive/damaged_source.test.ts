import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { DockerArchiveSource } from "../../src/archive/docker_archive_source.ts";
import { LayoutSource } from "../../src/archive/layout_source.ts";
import { TarFiles } from "../../src/archive/tar_files.ts";
import { bytesSource } from "../../src/bytes/byte_source.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import type { ImageSource } from "../../src/target/image_source.ts";
import { pull } from "../../src/transfer/pull.ts";
import { amd64, index } from "./published_samples.ts";
import { archiveOf, readThrough } from "./read_samples.ts";

const name = "image.tar";
const plain = await archiveOf(index);
const DIGEST = index.manifest.descriptor.digest;

/** What is read of an archive: nothing that differs from what was written. */
async function reads(source: ImageSource, digest: string): Promise<boolean> {
  try {
    assert.equal(await readThrough(source), digest);
    return true;
  } catch (error) {
    assert.ok(error instanceof ScratchbuildError, String(error));
    assert.match(error.code, /^(?:ARCHIVE|IMAGE)$/, error.message);
    assert.match(error.message, /^Cannot [^\n]+$/);
    return false;
  }
}

const layout = (bytes: Uint8Array) =>
  new LayoutSource(new TarFiles(bytesSource(bytes), { name }), { name });

test("an archive with any byte changed is what it was, or refused", async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(plain.byteLength - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, change) => {
        const bytes = plain.slice();
        bytes[at] = (bytes[at] ?? 0) ^ change;
        if (!await reads(layout(bytes), DIGEST)) refused++;
      },
    ),
    { numRuns: 200 },
  );
  assert.ok(refused > 50, `${refused} were refused`);
});

// The end of the last record is padding, which old archives lack.
test("an archive that is cut off anywhere is refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(plain.byteLength - 1537), async (length) => {
      const isRead = await reads(layout(plain.subarray(0, length)), DIGEST);
      assert.equal(isRead, false, `with ${length} bytes`);
    }),
    { numRuns: 100 },
  );
});

test("a compressed archive with any byte changed is what it was, or refused", async () => {
  const zipped = new Uint8Array(gzipSync(plain));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(zipped.byteLength - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, change) => {
        const bytes = zipped.slice();
        bytes[at] = (bytes[at] ?? 0) ^ change;
        await reads(layout(bytes), DIGEST);
      },
    ),
    { numRuns: 100 },
  );
});

// Where nothing but oci-layout is lost, it still is a Docker archive.
test("a Docker archive that is cut off anywhere is refused, or has the same image", async () => {
  const bytes = await archiveOf(amd64);
  const { digest } = amd64.config.descriptor;
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.byteLength - 1), async (length) => {
      const files = new TarFiles(bytesSource(bytes.subarray(0, length)), {
        name,
      });
      const source = new DockerArchiveSource(files, { name });
      try {
        await readThrough(source);
        assert.equal((await pull(source)).config.descriptor.digest, digest);
        assert.ok(length > bytes.byteLength - 3000, `with ${length} bytes`);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "ARCHIVE", `${error}`);
      }
    }),
    { numRuns: 200 },
  );
});
