import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { verified } from "../../src/bytes/verified.ts";
import { baseLower } from "../../src/image/base_lower.ts";
import { layerEncoding } from "../../src/image/layer_descriptor.ts";
import type { Layer } from "../../src/image/container_image.ts";
import { type ErrorCode, ScratchbuildError } from "../../src/spec/error.ts";
import { MediaTypeForeignLayer } from "../../src/spec/media_types.ts";
import type { LayerWarning } from "../../src/tar/layer_warning.ts";
import {
  corpusFile,
  readCorpus,
  skipWithoutCorpora,
} from "../support/corpora.ts";
import { baseLayer, baseTar } from "./base_layer.ts";

const TAR = baseTar([["etc/", { mode: "750" }], ["etc/x"]]);

const failing = (code: ErrorCode, message = "Cannot read it: why") =>
  new ScratchbuildError(message, { code });

/** A breakout of containerd's tests. */
interface Breakout {
  readonly name: string;
  readonly tar: string;
}

test("layers that break out of programs break out of nothing here", {
  skip: skipWithoutCorpora,
}, async () => {
  const { cases } = readCorpus<{ cases: Breakout[] }>(
    "malicious-layers/breakouts.json",
  );
  assert.ok(cases.length > 30);
  for (const { name, tar } of cases) {
    const bytes = readFileSync(corpusFile(`malicious-layers/${tar}`));
    for (const below of [[], [baseLayer(TAR)]]) {
      const lower = baseLower([...below, baseLayer([bytes])]);
      for (
        const path of ["etc", "localetc", "..", "", "foo/tmp", "breakouts"]
      ) {
        const found = await lower(path);
        assert.ok(found === undefined || found.type !== "hardlink", name);
      }
      if (below.length > 0) assert.ok(await lower("etc"), name);
    }
  }
});

test("tars of other projects are read, or refused in one line", {
  skip: skipWithoutCorpora,
}, async () => {
  let read = 0;
  for (
    const { File } of readCorpus<{ File: string }[]>("tar-oracles/go.json")
  ) {
    const layer = baseLayer([readFileSync(corpusFile(File))], {
      chunk: 1 << 16,
    });
    try {
      await baseLower([layer])("etc");
      read++;
    } catch (error) {
      assert.ok(error instanceof ScratchbuildError, `${File}: ${error}`);
      assert.match(error.message, /^Cannot [^\n]+$/, File);
      assert.ok(error.message.includes(layer.digest), File);
    }
  }
  assert.ok(read > 100, String(read));
});

test("any bytes are read, or refused", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array(), async (bytes) => {
    try {
      await baseLower([baseLayer([bytes])])("etc");
    } catch (error) {
      assert.ok(error instanceof ScratchbuildError, String(error));
    }
  }));
});

test("a damaged layer is named by its digest", async () => {
  const damaged = baseLayer([new Uint8Array(512).fill(1)]);
  const lower = baseLower([baseLayer(TAR), damaged]);
  const expected = {
    name: "ScratchbuildError",
    code: "TAR",
    message: new RegExp(
      `^Cannot read the layer ${damaged.digest} of the base image: `,
    ),
  };
  await assert.rejects(async () => await lower("etc"), expected);
  // Nothing is tried again.
  await assert.rejects(async () => await lower("etc"), expected);
  assert.equal(damaged.opened, 1);
  const gzip = gzipSync(Buffer.concat(TAR)).subarray(0, 60);
  await assert.rejects(
    async () => await baseLower([baseLayer([gzip])])("etc"),
    { code: "COMPRESSION", message: /^Cannot read the layer sha256:.*gzip/ },
  );
});

for (const at of ["tar", "padding behind it"] as const) {
  test(`a flipped byte is a wrong digest: in the ${at}`, async () => {
    const layer = baseLayer([...TAR, new Uint8Array(5000)]);
    async function* flipped() {
      let position = at === "tar" ? 600 : layer.size - 10;
      for await (const chunk of layer.chunks?.() ?? []) {
        const bytes = chunk.slice();
        if (position < bytes.byteLength && position >= 0) bytes[position] = 1;
        position -= bytes.byteLength;
        yield bytes;
      }
    }
    const { size, digest } = layer;
    const wrong: Layer = {
      ...layer,
      chunks: () =>
        verified(flipped(), {
          ...{ size, digest, algorithm: "sha256" },
          refuse: (why) => failing("DIGEST_MISMATCH", `Cannot read it: ${why}`),
        }),
    };
    await assert.rejects(async () => await baseLower([wrong])("etc"), {
      code: "DIGEST_MISMATCH",
    });
  });
}

test("an error of a source is told as it is", async () => {
  for (
    const error of [failing("NETWORK"), failing("ARCHIVE"), new Error("x")]
  ) {
    const layer = baseLayer(TAR, { failure: { at: 0, error } });
    await assert.rejects(
      async () => await baseLower([layer])("etc"),
      (thrown) => thrown === error,
    );
  }
});

const FOREIGN = [
  MediaTypeForeignLayer,
  "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
];

for (const mediaType of FOREIGN) {
  test(`a layer that may not be distributed may be away: ${mediaType}`, async () => {
    for (const code of ["REGISTRY", "ARCHIVE"] as const) {
      const failure = { at: 0, error: failing(code) };
      const away = baseLayer(TAR, { mediaType, failure });
      const warnings: LayerWarning[] = [];
      const lower = baseLower([
        away,
        baseLayer(baseTar([["usr/", { mode: "700" }]])),
      ], { onWarning: (warning) => warnings.push(warning) });
      assert.equal(await lower("etc"), undefined);
      assert.equal((await lower("usr"))?.mode, 0o700);
      assert.deepEqual(warnings.map(({ code, path }) => [code, path]), [
        ["BASE", away.digest],
      ]);
      assert.match(warnings[0]?.message ?? "", /is not there.*0755/);
    }
    for (
      const failure of [
        { at: 0, error: failing("NETWORK") },
        { at: 1000, error: failing("REGISTRY") },
      ]
    ) {
      await assert.rejects(
        async () =>
          await baseLower([baseLayer(TAR, { mediaType, failure })])("x"),
        (error) => error === failure.error,
      );
    }
    const there = baseLayer(TAR, {
      ...{ mediaType, encoding: layerEncoding(mediaType) ?? "gzip" },
    });
    const found = await baseLower([there])("etc");
    assert.equal(found?.mode, 0o750);
  });
}

test("what follows the end of a tar takes no time and no memory", async () => {
  const bomb = gzipSync(new Uint8Array(1 << 28));
  const layer = baseLayer([
    gzipSync(Buffer.concat(TAR)),
    ...Array.from({ length: 64 }, () => bomb),
  ], { chunk: 1 << 16 });
  assert.equal((await baseLower([layer])("etc"))?.mode, 0o750);
  assert.equal(layer.taken, layer.size);
});

for (
  const [name, tar] of [
    [
      "paths",
      baseTar(Array.from({ length: 200 }, (_, n) => [`${n}`])),
    ],
    ["parts of paths", baseTar([["d/", { pax: { path: "a/".repeat(80) } }]])],
    [
      "extended attributes",
      baseTar([["d/", { pax: { "SCHILY.xattr.a": "x".repeat(20_000) } }]]),
    ],
    [
      "targets",
      baseTar([["l", { type: "2", pax: { linkpath: "x".repeat(10_000) } }]]),
    ],
  ] as const
) {
  test(`a base with more than there is memory for is refused: ${name}`, async () => {
    const layer = baseLayer(tar, { encoding: "gzip" });
    await assert.rejects(
      async () => await baseLower([layer], { memory: 15_000 })("etc"),
      { code: "IMAGE", message: /more paths than there is memory for/ },
    );
    assert.ok(layer.opened === 1);
    await baseLower([layer], { memory: 100_000 })("etc");
  });
}

test("all layers count towards the memory", async () => {
  const layer = baseLayer(
    baseTar(Array.from({ length: 40 }, (_, n) => [`${n}`])),
  );
  const options = { memory: 15_000 };
  await baseLower([layer], options)("etc");
  await assert.rejects(
    async () => await baseLower([layer, layer], options)("etc"),
    { code: "IMAGE" },
  );
});

test("a signal ends the reading between chunks", async () => {
  const controller = new AbortController();
  const layer = baseLayer(TAR, { chunk: 100 });
  const lower = baseLower([layer], {
    signal: controller.signal,
    onProgress: (_, bytes) => {
      if (bytes >= 300) controller.abort();
    },
  });
  await assert.rejects(async () => await lower("etc"), {
    code: "ABORTED",
    message: "Cannot read the base image: the work was interrupted",
  });
  assert.ok(layer.taken < 600, String(layer.taken));
});

test("a signal ends the wait for a source that gives nothing", async () => {
  const controller = new AbortController();
  const layer: Layer = {
    ...baseLayer(TAR),
    chunks: () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          queueMicrotask(() => controller.abort());
          return new Promise(() => {});
        },
      }),
    }),
  };
  await assert.rejects(
    async () => await baseLower([layer], controller)("etc"),
    { code: "ABORTED" },
  );
});

test("nothing is opened after a signal", async () => {
  const layer = baseLayer(TAR);
  const signal = AbortSignal.abort();
  await assert.rejects(
    async () => await baseLower([layer], { signal })("etc"),
    { code: "ABORTED" },
  );
  assert.equal(layer.opened, 0);
});
