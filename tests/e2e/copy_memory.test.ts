import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import process from "node:process";
import { test } from "node:test";
import { createDocument } from "../../src/image/create_document.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import { parseDigest } from "../../src/spec/digest.ts";
import type { Image } from "../../src/spec/image.ts";
import type { Manifest } from "../../src/spec/manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { fakeRegistry, serve } from "../support/fake_registry.ts";
import { runModule } from "../support/run_module.ts";
import { runtime } from "../support/runtime.ts";

const MIB = 1 << 20;
const { oci } = mediaTypes;

/** A registry with an image whose layers are so many bytes that are alike. */
async function registryWith(...layers: { size: number; byte: number }[]) {
  const fake = fakeRegistry();
  const described = layers.map(({ size, byte }) => {
    const block = new Uint8Array(MIB).fill(byte);
    const hash = createHash("sha256");
    for (let at = 0; at < size; at += MIB) hash.update(block);
    const digest = parseDigest(`sha256:${hash.digest("hex")}`);
    fake.override(new RegExp(`^GET .*${digest}$`), () => {
      let left = size;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (left === 0) return controller.close();
          left -= MIB;
          controller.enqueue(block);
        },
      }, { highWaterMark: 0 });
      const headers = { "content-length": `${size}` };
      return new Response(body, { headers });
    });
    return { mediaType: oci.layer, digest, size };
  });
  const config = await createDocument<Image>(oci.config, {
    architecture: "amd64",
    os: "linux",
    rootfs: {
      type: "layers",
      diff_ids: described.map(({ digest }) => digest),
    },
  });
  const manifest = await createDocument<Manifest>(oci.manifest, {
    schemaVersion: 2,
    mediaType: oci.manifest,
    config: config.descriptor,
    layers: described,
  });
  fake.blobs.set(`app@${config.descriptor.digest}`, config.bytes);
  const digest = await digestOf(manifest.bytes);
  const { mediaType } = manifest.descriptor;
  fake.manifests.set(`app@${digest}`, { mediaType, bytes: manifest.bytes });
  fake.tags.set("app:1", digest);
  return fake;
}

/** A registry that takes everything and keeps nothing of it. */
function bottomless() {
  const fake = fakeRegistry();
  let bytes = 0;
  const swallow = async (body: ReadableStream<Uint8Array> | null) => {
    await body?.pipeTo(
      new WritableStream({
        write(chunk) {
          bytes += chunk.byteLength;
        },
      }),
    );
  };
  fake.override(/^PATCH/, async ({ body, headers }) => {
    await swallow(body);
    const [, last] = (headers.get("content-range") ?? "").split("-");
    const range = `0-${last}`;
    return new Response(null, { status: 202, headers: { range } });
  });
  fake.override(/^PUT /, async ({ body }) => {
    await swallow(body);
    return new Response(null, { status: 201 });
  });
  return { fake, bytes: () => bytes };
}

test(
  "2 GiB go from one registry to another in little memory, and onto no disk",
  {
    skip: process.platform === "linux"
      ? false
      : "needs /proc/self/status, which Linux has",
  },
  async () => {
    const peak = async (size: number) => {
      const from = await serve(
        await registryWith({ size, byte: 0 }, { size, byte: 1 }),
      );
      const { fake, bytes } = bottomless();
      const to = await serve(fake);
      try {
        const { code, stdout, stderr } = await runModule(
          "tests/support/copy_and_measure.ts",
          [`${from.host}/app:1`, `${to.host}/app:1`],
        );
        assert.equal(code, 0, stderr);
        assert.ok(bytes() > 2 * size, `${bytes()} bytes came`);
        const [memory, written] = stdout.split(" ").map(Number);
        return { memory: (memory ?? NaN) / 1024, written: written ?? NaN };
      } finally {
        await Promise.all([from.close(), to.close()]);
      }
    };
    const small = await peak(8 * MIB);
    const large = await peak(1024 * MIB);
    assert.ok(small.memory > 10, `${small.memory} MiB cannot be right`);
    // Deno gives the memory of chunks that were read back somewhat later.
    const more = runtime === "deno" ? 160 : 100;
    assert.ok(
      large.memory - small.memory < more,
      `from ${small.memory} to ${large.memory} MiB`,
    );
    assert.ok(large.written < MIB, `${large.written} bytes were written`);
  },
);
