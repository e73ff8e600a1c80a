import assert from "node:assert/strict";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { concat } from "../../src/bytes/concat.ts";
import { tarHeader } from "../../src/tar/header.ts";
import { withDockerRegistry } from "../support/docker_registry.ts";
import { fakeRegistry, serve } from "../support/fake_registry.ts";
import { skipWithout } from "../support/peers.ts";
import { runModule } from "../support/run_module.ts";
import { withTempDir } from "../support/temp_dir.ts";

const MIB = 1 << 20;

/** Where memory can be measured. */
const isLinux = process.platform === "linux";
const NEEDS_LINUX = "needs /proc/self/status, which Linux has";

/** Pushes layers of those sizes, and gives the most memory that took, in MiB. */
async function peak(
  place: string,
  reference: string,
  ...sizes: readonly number[]
): Promise<number> {
  const paths = sizes.map((size, index) => {
    const path = join(place, `${size}-${index}`);
    mkdirSync(path);
    const file = join(path, `file${index}`);
    writeFileSync(file, "");
    truncateSync(file, size);
    return path;
  });
  const { code, stdout, stderr } = await runModule(
    "tests/support/push_and_measure.ts",
    [reference, ...paths],
  );
  assert.equal(code, 0, stderr);
  return Number(stdout) / 1024;
}

test("1 GiB takes less than 100 MiB more memory than 10 MiB", {
  skip: isLinux ? skipWithout("docker-registry") : NEEDS_LINUX,
}, () =>
  withDockerRegistry({}, ({ host }) =>
    withTempDir(async (place) => {
      const small = await peak(place, `${host}/memory:small`, 10 * MIB);
      const large = await peak(place, `${host}/memory:large`, 1024 * MIB);
      assert.ok(small > 10, `${small} MiB cannot be right`);
      assert.ok(large - small < 100, `from ${small} to ${large} MiB`);
    })));

test("parts of four layers at the same time are not kept in memory", {
  skip: isLinux ? false : NEEDS_LINUX,
}, () =>
  withTempDir(async (place) => {
    const fake = fakeRegistry();
    let parts = 0;
    // It keeps nothing either.
    fake.override(/^PATCH/, async ({ body, headers }) => {
      parts++;
      await body?.pipeTo(new WritableStream());
      const [, last] = (headers.get("content-range") ?? "").split("-");
      const range = `0-${last}`;
      return new Response(null, { status: 202, headers: { range } });
    });
    fake.override(/^PUT .*uploads/, ({ headers }) => {
      const status = headers.get("content-length") === "0" ? 201 : 413;
      return new Response(null, { status });
    });
    fake.override(
      /^PUT .*manifests/,
      () => new Response(null, { status: 201 }),
    );
    const { host, close } = await serve(fake);
    try {
      const four = (size: number) => Array<number>(4).fill(size);
      const small = await peak(place, `${host}/memory:small`, ...four(MIB));
      const large = await peak(
        place,
        `${host}/memory:large`,
        ...four(64 * MIB),
      );
      assert.ok(parts > 15, `${parts} parts`);
      assert.ok(large - small < 100, `from ${small} to ${large} MiB`);
    } finally {
      await close();
    }
  }));

/** A `.tar.gz` of one file of zeros, in members of 16 MiB: small, and a bomb. */
function zeros(size: number): Uint8Array {
  const member = 16 * MIB;
  const header = tarHeader({
    ...{ type: "file", path: "zeros", mode: 0o644, uid: 0, gid: 0, mtime: 0 },
    ...{ mtimeNanoseconds: 0, xattrs: {} },
    body: { size, stream: () => new ReadableStream() },
  });
  const zipped = gzipSync(new Uint8Array(member));
  return concat([
    gzipSync(header),
    ...Array<Uint8Array>(size / member).fill(zipped),
    gzipSync(new Uint8Array(1024)),
  ]);
}

for (const prefix of [[], ["/app"]]) {
  const way = prefix.length > 0 ? "written anew" : "taken as it is";
  test(`a .tar.gz of 1 GiB, ${way}, takes as much memory as one of 16 MiB`, {
    skip: isLinux ? false : NEEDS_LINUX,
  }, () =>
    withTempDir(async (place) => {
      const packed = async (size: number) => {
        const path = join(place, `${size}.tar.gz`);
        writeFileSync(path, zeros(size));
        const { code, stdout, stderr } = await runModule(
          "tests/support/pack_and_measure.ts",
          [path, ...prefix],
        );
        assert.equal(code, 0, stderr);
        const [tarSize, peak] = stdout.split(" ");
        // A header of the file, and one of its directory.
        const headers = 512 * (1 + prefix.length);
        assert.equal(Number(tarSize), headers + size + 1024);
        return Number(peak) / 1024;
      };
      const small = await packed(16 * MIB);
      const large = await packed(1024 * MIB);
      assert.ok(small > 10, `${small} MiB cannot be right`);
      assert.ok(large - small < 100, `from ${small} to ${large} MiB`);
    }));
}
