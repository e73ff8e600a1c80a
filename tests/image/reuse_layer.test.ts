import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { bytesSource, streamOf } from "../../src/bytes/byte_source.ts";
import { forwarded } from "../../src/bytes/forwarded.ts";
import { blobSpool, type Spool } from "../../src/bytes/spool.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import type { Layer } from "../../src/image/container_image.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { createLayerFromTar } from "../../src/image/create_layer_from_tar.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import {
  MediaTypeForeignLayer,
  mediaTypes,
} from "../../src/spec/media_types.ts";
import type { Entry } from "../../src/tar/entry.ts";

const ENTRIES: Entry[] = [
  { type: "file", path: "a/b", body: new Blob(["content\n"]) },
  { type: "symlink", path: "l", target: "a/b" },
];

const read = async (source: { stream(): ReadableStream<Uint8Array> }) =>
  Buffer.from(await new Response(source.stream()).arrayBuffer());

/** The layer as another program compressed it, in the registry it is in. */
async function madeElsewhere(mine: Layer): Promise<Layer> {
  const bytes = gzipSync(gunzipSync(await read(mine)), { level: 1 });
  const digest = await digestOf(bytes);
  const mediaType = mediaTypes.docker.layerGzip;
  return {
    ...forwarded(bytesSource(bytes)),
    digest,
    diffId: mine.diffId,
    encoding: "gzip",
    createdBy: "COPY . .",
    descriptor: { mediaType, digest, size: bytes.length },
    origin: { registry: "ghcr.io", repository: "me/app" },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A spool that counts what it is given. */
function countingSpool(): { spool: Spool; count: () => number } {
  let count = 0;
  return {
    spool: (stream) => {
      count++;
      return blobSpool(stream);
    },
    count: () => count,
  };
}

test("a layer of the same tar is taken as it is, and nothing is compressed", async () => {
  const mine = await createLayer(ENTRIES);
  const other = await madeElsewhere(mine);
  const { spool, count } = countingSpool();
  const layer = await createLayer(ENTRIES, {
    spool,
    createdBy: "me",
    reuse: () => Promise.resolve([other]),
  });
  assert.equal(count(), 0);
  assert.equal(layer.digest, other.digest);
  assert.equal(layer.size, other.size);
  assert.equal(layer.diffId, mine.diffId);
  assert.equal(layer.tarSize, mine.tarSize);
  assert.equal(layer.createdBy, "me");
  assert.deepEqual(layer.origin, other.origin);
  assert.ok((await read(layer)).equals(await read(other)));
});

test("an image has the media types of its own family for a reused layer", async () => {
  const other = await madeElsewhere(await createLayer(ENTRIES));
  const layer = await createLayer(ENTRIES, { reuse: () => [other] });
  const { manifest } = await createImage({ layers: [layer] });
  assert.deepEqual(manifest.value.layers, [{
    mediaType: mediaTypes.oci.layerGzip,
    digest: other.digest,
    size: other.size,
  }]);
});

test("a layer of another tar is not taken", async () => {
  const [file, ...rest] = ENTRIES;
  assert.ok(file);
  const changed = [{ ...file, body: "other\n" } as Entry, ...rest];
  const other = await madeElsewhere(await createLayer(ENTRIES));
  const { spool, count } = countingSpool();
  const layer = await createLayer(changed, { spool, reuse: () => [other] });
  assert.equal(count(), 1);
  assert.equal(layer.digest, (await createLayer(changed)).digest);
});

test("what asks for certain bytes gets them", async () => {
  const other = await madeElsewhere(await createLayer(ENTRIES));
  const foreign = { mediaType: MediaTypeForeignLayer, digest: other.digest };
  const cases = [
    { layer: other, options: { level: 5 } },
    { layer: other, options: { compression: "gzip:stream" } },
    { layer: other, options: { compression: "none" } },
    {
      layer: { ...other, descriptor: { ...foreign, size: other.size } },
      options: {},
    },
  ] as const;
  for (const { layer, options } of cases) {
    const asked = await createLayer(ENTRIES, options);
    const made = await createLayer(ENTRIES, {
      ...options,
      reuse: () => [layer],
    });
    assert.equal(made.encoding, asked.encoding);
    assert.notEqual(made.digest, other.digest, JSON.stringify(options));
  }
});

test("a tar is reused as it is, and its entries are told of once", async () => {
  const tar = new Uint8Array(
    gunzipSync(await read(await createLayer(ENTRIES))),
  );
  const mine = await createLayerFromTar(tar);
  const other = await madeElsewhere(mine);
  const unlike = { ...other, diffId: other.digest };
  for (const open of [() => bytesSource(tar), () => streamOf([tar])]) {
    for (const [there, expected] of [[other, other], [unlike, mine]] as const) {
      const told: string[] = [];
      const { digest } = await createLayerFromTar(open(), {
        reuse: () => [there],
        onEntry: ({ path }) => void told.push(path),
      });
      assert.deepEqual(told, ["a/", "a/b", "l"]);
      assert.equal(digest, expected.digest);
    }
  }
});

test("a tar that is written anew is reused, and packed where it is another", async () => {
  const tar = new Uint8Array(
    gunzipSync(await read(await createLayer(ENTRIES))),
  );
  const options = { prefix: "/srv" };
  const mine = await createLayerFromTar(tar, options);
  const other = await madeElsewhere(mine);
  const reuse = () => [other];
  const same = await createLayerFromTar(tar, { ...options, reuse });
  assert.equal(same.digest, other.digest);
  const elsewhere = { prefix: "/usr" };
  const { digest } = await createLayerFromTar(tar, { ...elsewhere, reuse });
  assert.equal(digest, (await createLayerFromTar(tar, elsewhere)).digest);
});

test("a signal ends the hashing", async () => {
  const other = await madeElsewhere(await createLayer(ENTRIES));
  const controller = new AbortController();
  await assert.rejects(
    createLayer(ENTRIES, {
      signal: controller.signal,
      reuse: () => {
        controller.abort();
        return [other];
      },
    }),
    (error) => error instanceof ScratchbuildError && error.code === "ABORTED",
  );
});
