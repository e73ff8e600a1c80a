import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { streamOf } from "../../src/bytes/byte_source.ts";
import {
  createLayerFromTar,
  type TarLayerOptions,
} from "../../src/image/create_layer_from_tar.ts";
import { arrangeEntries } from "../../src/tar/arrange.ts";
import type { Entry } from "../../src/tar/entry.ts";
import type { LayerWarning } from "../../src/tar/layer_warning.ts";
import { LowerLayers } from "../../src/tar/lower_layers.ts";
import { tarBlocks } from "../../src/tar/tar_blocks.ts";
import { rawEntry, rawTar } from "../tar/read/raw_tar.ts";
import { readLayer } from "./read_layer.ts";

const entries: Entry[] = [
  { type: "directory", path: "etc", mode: 0o750, uid: 7, gid: 8 },
  { type: "file", path: "etc/x", body: "content of x\n", mtime: 5 },
  { type: "hardlink", path: "etc/y", target: "etc/x" },
  { type: "symlink", path: "link", target: "/etc/x" },
  { type: "file", path: "z", body: "z".repeat(3000), mtime: 6, uid: 9 },
];

async function tarOf(given: Entry[]): Promise<Uint8Array<ArrayBuffer>> {
  const blocks = tarBlocks(await arrangeEntries(given));
  return await new Response(blocks as ReadableStream<Uint8Array<ArrayBuffer>>)
    .bytes();
}

/** A tar of these parts, with its end. */
function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(rawTar(...parts));
}

const forms: Record<string, (tar: Uint8Array) => Uint8Array> = {
  plain: (tar) => tar,
  gzip: (tar) => gzipSync(tar),
  zstd: (tar) => zstdCompressSync(tar),
};

for (const [form, pack] of Object.entries(forms)) {
  test(`${form}: a tar is taken byte for byte`, async () => {
    const tar = await tarOf(entries);
    const plain = await createLayerFromTar(tar);
    const packed = pack(tar);
    for (
      const source of [
        packed,
        new Blob([packed as Uint8Array<ArrayBuffer>]),
        streamOf([packed.subarray(0, 1000), packed.subarray(1000)]),
      ]
    ) {
      const layer = await createLayerFromTar(source);
      assert.deepEqual([layer.diffId, layer.digest], [
        plain.diffId,
        plain.digest,
      ]);
      assert.equal(layer.tarSize, tar.length);
    }
  });

  test(`${form}: a tar is written anew below a prefix`, async () => {
    const packed = pack(await tarOf(entries));
    const sources = [
      packed,
      new Blob([packed as Uint8Array<ArrayBuffer>]),
      streamOf([packed]),
    ];
    for (const source of sources) {
      const layer = await createLayerFromTar(source, { prefix: "/app/v1" });
      const found = await readLayer(layer);
      assert.deepEqual(
        found.map(({ path, mode, uid, mtime }) => [path, mode, uid, mtime]),
        [
          ["app/", 0o755, 0, 0],
          ["app/v1/", 0o755, 0, 0],
          ["app/v1/etc/", 0o750, 7, 0],
          ["app/v1/etc/x", 0o644, 0, 5],
          ["app/v1/etc/y", 0o644, 0, 5],
          ["app/v1/link", 0o777, 0, 0],
          ["app/v1/z", 0o644, 9, 6],
        ],
      );
      assert.equal(found[3]?.content, "content of x\n");
      assert.equal(found[4]?.target, "app/v1/etc/x");
      assert.equal(found[5]?.target, "/etc/x");
      assert.equal(found[6]?.content, "z".repeat(3000));
    }
  });
}

test("owner and time of the options win over those of the tar", async () => {
  const tar = await tarOf(entries);
  const owner = await createLayerFromTar(tar, { owner: { uid: 1, gid: 2 } });
  for (const { uid, gid } of await readLayer(owner)) {
    assert.deepEqual([uid, gid], [1, 2]);
  }
  const time = await createLayerFromTar(tar, { mtime: 1_000 });
  for (const { mtime } of await readLayer(time)) assert.equal(mtime, 1_000);
});

test("filter, map and mode see the entries of the tar", async () => {
  const layer = await createLayerFromTar(await tarOf(entries), {
    filter: ({ path }) => !path.startsWith("link"),
    map: (entry) => {
      const path = `up/${entry.path}`;
      return entry.type === "hardlink"
        ? { ...entry, path, target: `up/${entry.target}` }
        : { ...entry, path };
    },
    mode: { keep: ~0o022, add: 0o100 },
  });
  assert.deepEqual(
    (await readLayer(layer)).map(({ path, mode }) => [path, mode.toString(8)]),
    [
      ["up/", "755"],
      ["up/etc/", "750"],
      ["up/etc/x", "744"],
      ["up/etc/y", "744"],
      ["up/z", "744"],
    ],
  );
});

test("of two entries with one path the last one counts", async () => {
  const tar = joined(
    rawEntry({ name: "a" }, "first"),
    rawEntry({ name: "d/b" }, "b"),
    rawEntry({ name: "a" }, "second"),
  );
  const warnings: LayerWarning[] = [];
  const onWarning = (warning: LayerWarning) => void warnings.push(warning);
  const kept = await createLayerFromTar(tar, { onWarning });
  assert.equal(kept.tarSize, tar.length);
  assert.deepEqual(warnings.map(({ path, code }) => [path, code]), [
    ["a", "TAR"],
    ["d", "TAR"],
  ]);
  const layer = await createLayerFromTar(tar, { prefix: "/", onWarning });
  assert.equal(warnings.length, 2);
  assert.deepEqual(
    (await readLayer(layer)).map(({ path, content }) => [path, content]),
    [["d/", ""], ["d/b", "b"], ["a", "second"]],
  );
});

test("every entry is told of with its content, in both ways", async () => {
  const tar = await tarOf(entries);
  for (const options of [{}, { prefix: "/p" }]) {
    const seen: string[] = [];
    await createLayerFromTar(tar, {
      ...options,
      onEntry: async ({ path, body }) => {
        let text = "";
        for await (const chunk of body) text += Buffer.from(chunk).toString();
        seen.push(`${path}=${text.slice(0, 9)}`);
      },
    });
    assert.deepEqual(seen, [
      "etc/=",
      "etc/x=content o",
      "etc/y=",
      "link=",
      "z=zzzzzzzzz",
    ]);
  }
});

test("what onEntry throws stops the work", async () => {
  const tar = await tarOf(entries);
  const error = new Error("stop");
  const onEntry = () => Promise.reject(error);
  for (const options of [{}, { prefix: "/p" }]) {
    await assert.rejects(
      createLayerFromTar(tar, { ...options, onEntry }),
      error,
    );
  }
});

test("the next layer knows what a tar holds", async () => {
  const tar = await tarOf(entries);
  for (const options of [{}, { prefix: "/" }]) {
    const lower = new LowerLayers();
    await createLayerFromTar(tar, {
      ...options,
      onArranged: (arranged) => lower.add(arranged),
    });
    assert.deepEqual(
      [(await lower.find("etc"))?.mode, (await lower.find("link"))?.target],
      [0o750, "/etc/x"],
    );
  }
});

test("a directory in the place of a link below is told of", async () => {
  const below = new LowerLayers();
  below.add(
    await arrangeEntries([{ type: "symlink", path: "bin", target: "usr/bin" }]),
  );
  const tar = joined(
    rawEntry({ name: "./bin/", type: "5" }),
    rawEntry({ name: "./bin/x" }, "x"),
  );
  const warnings: LayerWarning[] = [];
  const options: TarLayerOptions = {
    lower: (path) => below.find(path),
    onWarning: (warning) => warnings.push(warning),
  };
  const anew = await createLayerFromTar(tar, { ...options, prefix: "/" });
  assert.deepEqual(
    (await readLayer(anew)).map(({ path }) => path),
    ["usr/", "usr/bin/", "usr/bin/x"],
  );
  assert.equal(warnings.length, 0);
  await createLayerFromTar(tar, {
    ...options,
    onArranged: (entries) => below.add(entries),
  });
  assert.deepEqual(warnings.map(({ path, code }) => [path, code]), [
    ["bin", "TAR"],
  ]);
  assert.match(warnings[0]?.message ?? "", /place of a symbolic link in/);
});

test("an entry for the root is left out where a tar is written anew", async () => {
  const tar = joined(
    rawEntry({ name: "./", type: "5" }),
    rawEntry({ name: "./x" }, "x"),
  );
  const [root] = await readLayer(await createLayerFromTar(tar));
  assert.deepEqual([root?.path, root?.mode], ["./", 0o644]);
  const layer = await createLayerFromTar(tar, { prefix: "/app" });
  assert.deepEqual(
    (await readLayer(layer)).map(({ path, mode }) => [path, mode]),
    [["app/", 0o755], ["app/x", 0o644]],
  );
});

test("what is no file is left out with a warning", async () => {
  const tar = joined(
    rawEntry({ name: "label", type: "V" }),
    rawEntry({ name: "x" }, "x"),
  );
  const warnings: LayerWarning[] = [];
  const layer = await createLayerFromTar(tar, {
    prefix: "/",
    onWarning: (warning) => void warnings.push(warning),
  });
  assert.deepEqual((await readLayer(layer)).map(({ path }) => path), ["x"]);
  assert.deepEqual(warnings, [{
    path: "label",
    code: "TAR",
    message: 'label is left out: its type in the tar, "V", is not one of a ' +
      "file",
  }]);
});

test("a layer that is taken back is freed", async () => {
  const tar = await tarOf(entries);
  const error = new Error("stop");
  const stop = () => {
    throw error;
  };
  const parentless = joined(rawEntry({ name: "d/b" }, "b"));
  const cases: [Uint8Array, TarLayerOptions][] = [
    [tar, { onArranged: stop }],
    [tar, { onArranged: stop, prefix: "/p" }],
    [parentless, { onWarning: stop }],
  ];
  for (const [source, options] of cases) {
    const open = { count: 0 };
    await assert.rejects(
      createLayerFromTar(source, { ...options, spool: countingSpool(open) }),
      error,
    );
    assert.equal(open.count, 0);
  }
});

test("whiteouts that are meant are kept in both ways", async () => {
  const tar = await tarOf([{ type: "whiteout", path: "d/gone" }]);
  for (const options of [{}, { prefix: "/p" }]) {
    const layer = await createLayerFromTar(tar, {
      ...options,
      whiteouts: true,
    });
    const paths = (await readLayer(layer)).map(({ path }) => path);
    assert.match(paths.at(-1) ?? "", /d\/\.wh\.gone$/);
  }
});

test("names that are not UTF-8 and lead out pass byte for byte", async () => {
  const tar = joined(
    rawEntry({ name: Uint8Array.of(0x63, 0xe9) }),
    rawEntry({ name: Uint8Array.of(0x63, 0xe8) }),
    rawEntry({ name: "../x" }),
    rawEntry({ name: "link", type: "1", linkname: "not/here" }),
  );
  const layer = await createLayerFromTar(tar, {
    onWarning: ({ message }) => assert.fail(message),
  });
  assert.equal(layer.tarSize, tar.length);
  assert.equal((await readLayer(layer)).length, 4);
});

test("the work can be stopped", async () => {
  const tar = await tarOf(entries);
  const signal = AbortSignal.abort();
  for (const options of [{}, { prefix: "/p" }]) {
    await assert.rejects(createLayerFromTar(tar, { ...options, signal }), {
      code: "ABORTED",
    });
  }
});

test("the work can be stopped where the tar never comes", async () => {
  for (const prefix of [undefined, "/"]) {
    const controller = new AbortController();
    const stream = () =>
      new ReadableStream<Uint8Array>({
        pull: () => {
          controller.abort();
          return new Promise(() => {});
        },
      }, { highWaterMark: 0 });
    await assert.rejects(
      createLayerFromTar({ size: 1024, stream }, {
        signal: controller.signal,
        ...(prefix && { prefix }),
      }),
      { code: "ABORTED" },
    );
  }
});

test("progress knows the total only where the tar tells it", async () => {
  const tar = await tarOf(entries);
  const totalOf = async (source: Uint8Array, options: TarLayerOptions = {}) => {
    const totals = new Set<number | undefined>();
    await createLayerFromTar(source, {
      ...options,
      onProgress: (_, total) => totals.add(total),
    });
    return [...totals];
  };
  assert.deepEqual(await totalOf(tar), [tar.length]);
  assert.deepEqual(await totalOf(gzipSync(tar)), [undefined]);
  const [anew] = await totalOf(gzipSync(tar), { prefix: "/a" });
  assert.equal(typeof anew, "number");
});

test("a stream that is written anew is freed", async () => {
  const open = { count: 0 };
  const layer = await createLayerFromTar(streamOf([await tarOf(entries)]), {
    prefix: "/p",
    spool: countingSpool(open),
  });
  assert.equal(open.count, 1, "the layer itself");
  await layer[Symbol.asyncDispose]();
  assert.equal(open.count, 0);
});

/** Counts what it keeps. */
function countingSpool(
  open: { count: number },
): NonNullable<TarLayerOptions["spool"]> {
  return async (stream) => {
    const bytes = await new Response(
      stream as ReadableStream<Uint8Array<ArrayBuffer>>,
    ).blob();
    open.count++;
    return {
      size: bytes.size,
      stream: () => bytes.stream(),
      [Symbol.asyncDispose]: () => Promise.resolve(void open.count--),
    };
  };
}
