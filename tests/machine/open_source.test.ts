import assert from "node:assert/strict";
import {
  appendFile,
  chmod,
  mkdir,
  rename,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { chunksOf } from "../../src/bytes/byte_source.ts";
import { LayoutDirectory } from "../../src/machine/layout_directory.ts";
import { parseLocation } from "../../src/machine/location.ts";
import {
  openSource,
  type OpenSourceOptions,
} from "../../src/machine/open_source.ts";
import { push } from "../../src/transfer/push.ts";
import { amd64, index } from "../archive/published_samples.ts";
import { archiveOf, rawTar, readThrough } from "../archive/read_samples.ts";
import { peakMemory } from "../support/peak_memory.ts";
import { withTempDir } from "../support/temp_dir.ts";

const DIGEST = amd64.manifest.descriptor.digest;
const open = (location: string, options?: OpenSourceOptions) =>
  openSource(parseLocation(location), options);
const refusal = (why: RegExp) => ({ code: "ARCHIVE", message: why });

for (
  const [text, name] of [
    ["oci:DIR:v1", "oci:DIR"],
    ["oci-archive:FILE:v1", "oci-archive:FILE"],
    ["docker-archive:FILE:app:1", "docker-archive:FILE"],
    ["FILE", "FILE"],
    ["-", "-"],
    ["ubuntu:22.04", "docker.io/library/ubuntu"],
  ] as const
) {
  test(`the source at ${text} is called ${name}`, async () => {
    await withTempDir(async (dir) => {
      await writeFile(join(dir, "a.tar"), "");
      const places = (text: string) =>
        text.replace("FILE", join(dir, "a.tar")).replace("DIR", dir);
      assert.equal(open(places(text)).name, places(name));
    });
  });
}

test("a layout in a directory is read, and its blobs may be links", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "image");
    await push(index, new LayoutDirectory(path, { name: path, tags: ["v1"] }));
    const { digest } = index.manifest.descriptor;
    assert.equal(await readThrough(open(`oci:${path}`)), digest);
    assert.equal(await readThrough(open(`oci:${path}:v1`)), digest);
    const blobs = join(path, "blobs", "sha256");
    await rename(blobs, join(dir, "elsewhere"));
    await symlink(join(dir, "elsewhere"), blobs);
    assert.equal(await readThrough(open(`oci:${path}`)), digest);
    const [file = ""] = DIGEST.split(":").slice(1);
    await rename(join(blobs, file), join(dir, "manifest"));
    await symlink(join(dir, "manifest"), join(blobs, file));
    assert.equal(await readThrough(open(`oci:${path}`)), digest);
    // What a link leads to is known by its digest alone.
    await writeFile(join(dir, "manifest"), "x");
    await assert.rejects(readThrough(open(`oci:${path}`)), refusal(/damaged/));
  });
});

test("an archive in a file is read, compressed or not", async () => {
  await withTempDir(async (dir) => {
    const tar = await archiveOf(amd64, { tags: ["v1"] });
    const zipped = gzipSync(tar);
    await writeFile(join(dir, "a.tar"), tar);
    await writeFile(join(dir, "b.tar"), zipped);
    await writeFile(join(dir, "a.tgz"), zipped);
    await writeFile(join(dir, "a.tar.gz"), zipped);
    for (const name of ["a.tar", "b.tar", "a.tgz", "a.tar.gz"]) {
      const path = join(dir, name);
      for (
        const location of [
          path,
          `oci-archive:${path}`,
          `oci-archive:${path}:v1`,
          `docker-archive:${path}`,
        ]
      ) assert.equal(await readThrough(open(location)), DIGEST, location);
    }
  });
});

test("an archive on standard input is read once, when it is asked for", async () => {
  for (const pack of [(bytes: Uint8Array) => bytes, gzipSync]) {
    const tar = pack(await archiveOf(amd64));
    let opened = 0;
    const source = open("-", {
      stdin: async function* () {
        opened++;
        for (let at = 0; at < tar.byteLength; at += 1000) {
          yield tar.subarray(at, at + 1000);
          await Promise.resolve();
        }
      },
    });
    assert.equal(opened, 0);
    assert.equal(await readThrough(source), DIGEST);
    assert.equal(await readThrough(source, DIGEST), DIGEST);
    assert.equal(opened, 1);
  }
});

test("standard input that is no archive is refused", async () => {
  const source = open("-", {
    stdin: async function* () {
      yield await Promise.resolve(new TextEncoder().encode("hello"));
    },
  });
  await assert.rejects(source.manifest(), refusal(/^Cannot read -: /));
});

test("what is not there is refused at once", async () => {
  await withTempDir(async (dir) => {
    const file = join(dir, "a.tar");
    await writeFile(file, "");
    await mkdir(join(dir, "d.tar"));
    for (
      const [location, why] of [
        [`oci:${dir}/none`, /none: it does not exist$/],
        [`oci:${file}`, /it is no directory; for an archive write oci-archive/],
        [`oci:${file}/x`, /it does not exist$/],
        [`oci-archive:${dir}/none`, /it does not exist$/],
        [
          `docker-archive:${dir}`,
          /it is a directory; for a layout write oci:DIR$/,
        ],
        [`${dir}/d.tar`, /it is a directory; for a layout write oci:DIR$/],
        [`${dir}/none.tar`, /it does not exist$/],
      ] as const
    ) {
      assert.throws(() => open(location), refusal(why), location);
    }
  });
});

test("a directory that is no layout is refused", async () => {
  await withTempDir(async (dir) => {
    await assert.rejects(
      open(`oci:${dir}`).manifest(),
      refusal(/it is no OCI image layout, which has a file oci-layout$/),
    );
  });
});

const isRoot = process.getuid?.() === 0;

test("a file that may not be read is refused", {
  skip: isRoot && "root may read everything",
}, async () => {
  await withTempDir(async (dir) => {
    const file = join(dir, "a.tar");
    await writeFile(file, await archiveOf(amd64));
    await chmod(file, 0);
    await assert.rejects(
      readThrough(open(file)),
      refusal(/permission denied$/),
    );
  });
});

for (
  const [what, change] of [
    ["longer", (file: string) => appendFile(file, "x")],
    ["newer", (file: string) => utimes(file, 1, 1)],
    ["another one", async (file: string) => {
      await rename(file, `${file}.old`);
      await writeFile(file, await archiveOf(amd64));
    }],
    ["gone", (file: string) => rename(file, `${file}.old`)],
  ] as const
) {
  test(`an archive that becomes ${what} while it is read is refused`, async () => {
    await withTempDir(async (dir) => {
      const file = join(dir, "a.tar");
      await writeFile(file, await archiveOf(amd64));
      const source = open(file);
      const { value } = await source.manifest();
      assert.ok("config" in value);
      await change(file);
      await assert.rejects(
        Array.fromAsync(chunksOf(source.blob(value.config))),
        refusal(/it was changed while it was read|it does not exist/),
      );
    });
  });
}

/** 1 GiB of zeros in 1 MiB of gzip. */
function zeros(head: Uint8Array = new Uint8Array()): Uint8Array[] {
  const part = new Uint8Array(gzipSync(new Uint8Array(1 << 26)));
  return [
    new Uint8Array(gzipSync(head)),
    ...Array.from({ length: 16 }, () => part),
  ];
}

for (
  const [what, name, why] of [
    ["a tar of it", undefined, /it holds no image/],
    ["an index of it", "index.json", /its index\.json is 1073741824 bytes/],
  ] as const
) {
  test(`1 GiB of zeros in 1 MiB of gzip: ${what}`, {
    skip: process.platform !== "linux" && "memory is measured on Linux",
  }, async () => {
    await withTempDir(async (dir) => {
      const file = join(dir, "a.tar.gz");
      const marker = JSON.stringify({ imageLayoutVersion: "1.0.0" });
      const before = name === "index.json"
        ? [{ name: "oci-layout", content: marker }]
        : [];
      const head = name === undefined
        ? undefined
        : rawTar([...before, { name, size: 2 ** 30 }]).subarray(0, -1024);
      await writeFile(file, zeros(head));
      const peak = peakMemory();
      await assert.rejects(readThrough(open(file)), refusal(why));
      const grown = peakMemory() - peak;
      assert.ok(grown < 100_000, `${grown} kB more`);
    });
  });
}

test("the waiting for standard input ends when it is told to", async () => {
  const source = open("-", {
    stdin: async function* () {
      yield await new Promise<Uint8Array>(() => {});
    },
  });
  const controller = new AbortController();
  const found = source.manifest(undefined, { signal: controller.signal });
  controller.abort();
  await assert.rejects(found, { code: "ABORTED" });
});
