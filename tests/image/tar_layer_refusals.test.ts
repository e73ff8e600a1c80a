import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  createLayerFromTar,
  type TarLayerOptions,
} from "../../src/image/create_layer_from_tar.ts";
import { rawEntry, rawTar } from "../tar/read/raw_tar.ts";

const latin1 = Uint8Array.of(0x63, 0xe9);
const asItIs: TarLayerOptions = {};
const anew: TarLayerOptions = { prefix: "/app" };

const cases: [
  what: string,
  parts: Uint8Array[],
  options: TarLayerOptions[],
  message: RegExp,
][] = [
  [
    "a whiteout that is not meant",
    [rawEntry({ name: "d/.wh.gone" })],
    [asItIs, anew],
    /^Cannot pack (app\/)?d\/\.wh\.gone: .* take \/(app\/)?d\/gone of .* away/,
  ],
  [
    "a hard link to nothing",
    [rawEntry({ name: "link", type: "1", linkname: "not/here" })],
    [anew],
    /^Cannot pack app\/link: it is a hard link to app\/not\/here, which is no/,
  ],
  [
    "a hard link before its file",
    [
      rawEntry({ name: "link", type: "1", linkname: "file" }),
      rawEntry({ name: "file" }, "content"),
    ],
    [anew],
    /^Cannot pack app\/link: it is a hard link to app\/file, .* file first/,
  ],
  [
    "a name that is not UTF-8",
    [rawEntry({ name: latin1 })],
    [anew],
    /^Cannot pack c\\xe9: the name is not UTF-8, so it cannot be written anew/,
  ],
  [
    "a target that is not UTF-8",
    [rawEntry({ name: "link", type: "2", fields: { 157: latin1 } })],
    [anew],
    /^Cannot pack link: its target, c\\xe9, is not UTF-8, so it cannot/,
  ],
  [
    "a path that leads out",
    [rawEntry({ name: "../x" })],
    [anew],
    /^Cannot pack \.\.\/x: a path in a layer may not hold '\.\.'/,
  ],
  [
    "a root that is a link",
    [rawEntry({ name: "./", type: "2", linkname: "/etc" })],
    [asItIs, anew, { prefix: "/" }],
    /^Cannot pack \.\/: only a directory can be the root; give it a name$/,
  ],
  [
    "a root without a name that is a file",
    [rawEntry({ name: "" }, "x")],
    [asItIs, anew],
    /^Cannot pack \/: only a directory can be the root; give it a name$/,
  ],
  [
    "something below what is no directory",
    [
      rawEntry({ name: "a", type: "2", linkname: "/etc" }),
      rawEntry({ name: "a/passwd" }, "x"),
    ],
    [anew],
    /^Cannot pack app\/a\/passwd: it lies below app\/a, which is a symlink/,
  ],
  [
    "what is no tar",
    [new Uint8Array(2048).fill(65)],
    [asItIs, anew],
    /^Cannot read the tar: there is no valid header \(at byte 0\)$/,
  ],
];

for (const [what, parts, options, message] of cases) {
  test(`refused: ${what}`, async () => {
    const tar = Buffer.concat(rawTar(...parts));
    for (const option of options) {
      await assert.rejects(createLayerFromTar(tar, option), { message });
    }
  });
}

test("refused: a tar that is another one when its content is read", async () => {
  const first = Buffer.concat(rawTar(rawEntry({ name: "a" }, "first")));
  for (
    const second of [
      rawEntry({ name: "b" }, "first"),
      rawEntry({ name: "a" }, "longer than the first"),
    ]
  ) {
    const contents = [first, Buffer.concat(rawTar(second))];
    const source = {
      size: first.length,
      stream: () => new Blob([contents.shift() ?? first]).stream(),
    };
    await assert.rejects(createLayerFromTar(source, anew), { code: "LAYER" });
  }
});

test("refused: a tar that is not as long as was announced", async () => {
  const tar = Buffer.concat(rawTar(rawEntry({ name: "a" }, "a")));
  for (const options of [asItIs, anew]) {
    for (const size of [tar.length - 1, tar.length + 1]) {
      const source = { size, stream: () => new Blob([tar]).stream() };
      await assert.rejects(createLayerFromTar(source, options), {
        message: `Cannot build the layer: the tar has ${tar.length} bytes, ` +
          `and ${size} were announced`,
      });
    }
  }
});

test("refused: a tar whose compression is damaged behind its end", async () => {
  const tar = Buffer.concat(rawTar(rawEntry({ name: "a" }, "a")));
  const gzip = gzipSync(tar);
  gzip.fill(0, gzip.length - 8);
  for (const options of [asItIs, anew]) {
    await assert.rejects(createLayerFromTar(gzip, options), {
      code: "COMPRESSION",
    });
  }
});

test("refused: a stream that fails", async () => {
  for (const options of [asItIs, anew]) {
    const tar = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("the line is dead")),
    });
    await assert.rejects(createLayerFromTar(tar, options), {
      code: "LAYER",
      message:
        "Cannot build the layer: the tar cannot be read: the line is dead",
    });
  }
});
