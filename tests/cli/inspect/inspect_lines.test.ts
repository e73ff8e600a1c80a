import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { inspectLines } from "../../../src/cli/inspect/inspect_lines.ts";
import type { Digest } from "../../../src/spec/digest.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import type {
  InspectedImage,
  InspectedLayer,
  InspectReport,
} from "../../../src/transfer/inspect_report.ts";

const digestOf = (digit: string): Digest => `sha256:${digit.repeat(64)}`;

const files = [
  { path: "usr/lib/x86_64-linux-gnu/libcrypto.so.3", size: 4_709_376 },
  { path: "usr/bin/bash", size: 1_265_648 },
  { path: "etc/hostname", size: 9 },
];

const image: InspectedImage = {
  digest: digestOf("b"),
  mediaType: mediaTypes.oci.manifest,
  configDigest: digestOf("c"),
  platform: "linux/amd64",
  created: "2026-01-31T12:00:00.123456789Z",
  author: "Me <me@example.com>",
  entrypoint: ["/nodejs/bin/node", "/app/main.js"],
  cmd: ["--greeting", "hello world"],
  env: [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/games",
    "NODE_ENV=production",
  ],
  labels: {
    "org.opencontainers.image.title": "A program",
    "maintainer": "me",
  },
  user: "1000:1000",
  workdir: "/app",
  ports: ["8080/tcp", "53/udp"],
  volumes: ["/data", "/cache"],
  stopSignal: "SIGTERM",
  healthcheck: {
    Test: ["CMD-SHELL", "curl -f http://localhost/ || exit 1"],
    Interval: 30e9,
    Timeout: 2.5e9,
    Retries: 1,
  },
  annotations: {
    "org.opencontainers.image.base.digest": digestOf("d"),
    "org.opencontainers.image.base.name": "docker.io/library/debian:12",
    "com.example.line": "one\ntwo\x1b[31m",
  },
  base: { name: "docker.io/library/debian:12", digest: digestOf("d") },
  layers: [
    {
      digest: digestOf("1"),
      mediaType: mediaTypes.oci.layerGzip,
      size: 28_230_000,
      unpackedSize: 77_840_000,
      contents: { entries: 3312, whiteouts: 0, biggest: files },
    },
    {
      digest: digestOf("2"),
      mediaType: mediaTypes.oci.layerZstd ?? "",
      size: 4_100_000,
      unpackedSize: 12_000_000,
      contents: { entries: 1, whiteouts: 1, biggest: [] },
    },
    {
      digest: digestOf("3"),
      mediaType: mediaTypes.oci.layer,
      size: 1024,
      unpackedSize: 1024,
      contents: { entries: 0, whiteouts: 0, biggest: [] },
    },
  ],
  history: [
    { createdBy: "/bin/sh -c #(nop) ADD file:8b1e in / ", layer: 0 },
    { createdBy: '/bin/sh -c #(nop)  CMD ["bash"]' },
    {
      createdBy: "RUN /bin/sh -c apt-get update && apt-get install -y " +
        "--no-install-recommends ca-certificates curl # buildkit",
      layer: 1,
    },
    { comment: "empty\x07", layer: 2 },
  ],
  layersSize: 32_331_024,
  size: 32_335_000,
  unpackedSize: 89_841_024,
};

const manifest = { mediaType: mediaTypes.oci.manifest, size: 1000 };

const index: InspectReport = {
  name: "ghcr.io/me/app",
  reference: "ghcr.io/me/app:1.0",
  digest: digestOf("a"),
  mediaType: mediaTypes.oci.index,
  indexAnnotations: { "org.opencontainers.image.version": "1.0" },
  platforms: [
    {
      kind: "image",
      platform: "linux/amd64",
      digest: digestOf("b"),
      ...manifest,
      layersSize: 32_331_024,
      isChosen: true,
    },
    {
      kind: "image",
      platform: "windows/amd64:10.0.20348.2582",
      digest: digestOf("e"),
      ...manifest,
      layersSize: 1_732_331_024,
      isChosen: false,
    },
    {
      kind: "attestation",
      digest: digestOf("f"),
      about: digestOf("b"),
      ...manifest,
      isChosen: false,
    },
    {
      kind: "index",
      digest: digestOf("0"),
      mediaType: mediaTypes.oci.index,
      size: 1000,
      isChosen: false,
    },
  ],
  image,
  referrers: [{
    ...manifest,
    digest: digestOf("9"),
    artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json",
  }],
};

const drawing = { location: "oci:dir", files: true, color: false };

/** As long as nothing is changed, what is shown is what it was. */
function checkGolden(name: string, report: InspectReport, width: number): void {
  const lines = inspectLines(report, { ...drawing, width });
  const golden = new URL(`../golden/${name}.txt`, import.meta.url);
  assert.equal(`${lines.join("\n")}\n`, readFileSync(golden, "utf8"));
}

test("an index and its image are shown on a pipe, with nothing cut", () => {
  checkGolden("inspect_pipe", index, Infinity);
});

test("an index and its image are shown on a terminal of 80 columns", () => {
  checkGolden("inspect_80", index, 79);
});

test("an index and its image are shown on a terminal of 40 columns", () => {
  checkGolden("inspect_40", index, 39);
});

test("only digests and names are wider than the terminal", () => {
  for (const width of [20, 39, 60, 79, 100, 119]) {
    const lines = inspectLines(index, { ...drawing, width });
    for (const line of lines) {
      assert.ok(
        line.length <= width ||
          /^(?:name|digest|base| {13}d| {13}s)/.test(line),
        `${width}: ${line}`,
      );
    }
  }
});

/** The report of a single image. */
function single(changes: Partial<InspectedImage>): InspectReport {
  const { digest, mediaType } = image;
  return {
    name: "oci:dir",
    digest,
    mediaType,
    platforms: [],
    image: { ...image, ...changes },
  };
}

function shown(
  report: InspectReport,
  options: { width?: number; files?: boolean } = {},
): string {
  return inspectLines(report, { ...drawing, width: 79, ...options }).join("\n");
}

test("a single image has one head, and the location for a name", () => {
  const [name, digest, type, size, empty] = shown(single({})).split("\n");
  assert.deepEqual([name, digest, type, size, empty], [
    "name    oci:dir",
    `digest  ${digestOf("b")}`,
    "type    OCI image for linux/amd64",
    "size    32.3 MB compressed, 89.8 MB unpacked, in 3 layers",
    "",
  ]);
});

test("files are listed where they are wanted, and only there", () => {
  assert.match(shown(single({})), /3312 entries/);
  assert.match(shown(single({})), /1 entry, 1 whiteout/);
  assert.doesNotMatch(shown(single({}), { files: false }), /entries|libcrypto/);
});

const unread = (layer: InspectedLayer, mediaType = layer.mediaType) => {
  const { digest, size } = layer;
  return { digest, size, mediaType };
};
const foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

test("what is not read is said, with what to do", () => {
  const { unpackedSize: _, ...known } = image;
  const report = (layers: readonly InspectedLayer[]): InspectReport => ({
    ...single({}),
    image: { ...known, layers },
  });
  const none = shown(report(image.layers.map((layer) => unread(layer))));
  assert.match(
    none,
    /^ {8}unpacked size: not read; --layers reads the layers$/m,
  );
  assert.doesNotMatch(none, / unpacked {2}/);
  const [first, ...rest] = image.layers;
  assert.ok(first);
  const some = shown(report([unread(first, foreign), ...rest]));
  assert.match(some, /^ {8}unpacked size: not known, 1 layer cannot be read$/m);
  assert.match(some, /^ {5}\[=+\] {3}28\.2 MB {2}sha256:1{12} {2}foreign$/m);
});

test("what is not compressed is not said to be", () => {
  const layers = image.layers.slice(2);
  const { unpackedSize: _, ...known } = { ...image, layers, layersSize: 1024 };
  const report = { ...single({}), image: known };
  assert.match(shown(report), /^size {4}1\.0 kB, not compressed, in 1 layer$/m);
});

test("an image of nothing at all is shown", () => {
  assert.equal(
    shown({
      ...single({}),
      image: {
        digest: image.digest,
        mediaType: mediaTypes.docker.manifest,
        configDigest: image.configDigest,
        platform: "windows/amd64",
        osFeatures: ["win32k"],
        layers: [],
        history: [],
        layersSize: 0,
        size: 100,
        unpackedSize: 0,
      },
    }),
    `name    oci:dir\ndigest  ${image.digest}\n` +
      "type    Docker image for windows/amd64 with win32k\n" +
      "size    no layers",
  );
});

test("layers that the history does not go with are shown without it", () => {
  const text = shown(single({ history: [{ createdBy: "ADD" }] }));
  assert.match(text, /^ {2}1 {2}\(not in the history\)$/m);
  assert.match(text, /^ {2}3 {2}\(not in the history\)$/m);
  assert.doesNotMatch(text, /ADD/);
});

test("what is no image is shown as what it is", () => {
  const digest = digestOf("a");
  const layer = { digest: digestOf("1"), mediaType: "text/x", size: 5000 };
  const config = { mediaType: "text/config", digest: digestOf("2"), size: 2 };
  const report: InspectReport = {
    name: "ghcr.io/me/chart",
    reference: "ghcr.io/me/chart:1",
    digest,
    mediaType: mediaTypes.oci.manifest,
    platforms: [],
    artifact: {
      digest,
      mediaType: mediaTypes.oci.manifest,
      artifactType: "application/vnd.example.chart",
      config,
      subject: { ...manifest, digest: digestOf("3") },
      annotations: { b: "2", a: "1" },
      layers: [layer, {
        ...layer,
        size: 10,
        annotations: { "org.opencontainers.image.title": "a.txt" },
      }],
      layersSize: 5010,
    },
  };
  assert.equal(
    shown(report),
    [
      "name    ghcr.io/me/chart:1",
      `digest  ${digest}`,
      "type    application/vnd.example.chart, no image",
      "size    5.0 kB in 2 layers",
      `about   ${digestOf("3")}`,
      "",
      "annotations  a=1",
      "             b=2",
      "",
      "layers",
      "  1  text/x",
      "     [====================]    5.0 kB  sha256:111111111111",
      "  2  a.txt (text/x)",
      "     [=                   ]      10 B  sha256:111111111111",
    ].join("\n"),
  );
});

test("an index of nothing is shown", () => {
  const { image: _, referrers: __, indexAnnotations: ___, ...rest } = index;
  assert.equal(
    shown({ ...rest, platforms: [], referrers: [] }),
    `name    ghcr.io/me/app:1.0\ndigest  ${digestOf("a")}\n` +
      "type    OCI index of 0 images\n\nplatforms\n  none\n\nreferrers\n  none",
  );
});

test("whatever an image says, a line is a line and does nothing else", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 });
  const property = fc.property(
    fc.record({
      author: text,
      platform: text,
      entrypoint: fc.array(text, { minLength: 1, maxLength: 3 }),
      env: fc.array(text, { maxLength: 3 }),
      labels: fc.dictionary(text, text, { maxKeys: 3 }),
      user: text,
      stopSignal: text,
      created: text,
      history: fc.array(fc.record({ createdBy: text }), { maxLength: 3 }),
    }),
    fc.integer({ min: 10, max: 130 }),
    (changes, width) => {
      for (const line of inspectLines(single(changes), { ...drawing, width })) {
        assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e]/u);
      }
    },
  );
  fc.assert(property, { numRuns: 200 });
});
