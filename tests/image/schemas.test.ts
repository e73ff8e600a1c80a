import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  indexEntries,
  indexJson,
  layoutMarker,
} from "../../src/archive/layout_files.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import {
  corpusFile,
  readCorpus,
  skipWithoutCorpora,
} from "../support/corpora.ts";
import {
  assertDocument,
  type DocumentKind,
  misfit,
} from "../support/oci_schemas.ts";

const layer = await createLayer([
  { type: "file", path: "hello", body: new Blob(["hello\n"]) },
]);
const image = await createImage({
  layers: [layer, await createLayer([], { compression: "none" })],
  platform: {
    os: "linux",
    architecture: "arm",
    variant: "v7",
    "os.version": "1",
    "os.features": ["a"],
  },
  author: "somebody",
  annotations: { "org.opencontainers.image.title": "hello" },
  config: {
    User: "1000:1000",
    ExposedPorts: { "80/tcp": {} },
    Env: ["A=1"],
    Entrypoint: ["/hello"],
    Cmd: ["-v"],
    Volumes: { "/data": {} },
    WorkingDir: "/srv",
    Labels: { a: "b" },
    StopSignal: "SIGINT",
    Healthcheck: {
      Test: ["CMD", "/hello", "--health"],
      Interval: 30_000_000_000,
      Timeout: 0,
      StartPeriod: 1_000_000,
      StartInterval: 1_000_000,
      Retries: 3,
    },
    ArgsEscaped: false,
    OnBuild: ["RUN x"],
    Shell: ["/bin/sh", "-c"],
    StopTimeout: 10,
  },
});

test("req-089 the manifest fits the schema of the specification", {
  skip: skipWithoutCorpora,
}, () => {
  assertDocument("manifest", image.manifest.bytes);
});

test("req-093 the configuration fits the schema of the specification", {
  skip: skipWithoutCorpora,
}, () => {
  assertDocument("config", image.config.bytes);
});

test("an image without settings fits the schemas", {
  skip: skipWithoutCorpora,
}, async () => {
  const { manifest, config } = await createImage({ layers: [layer] });
  assertDocument("manifest", manifest.bytes);
  assertDocument("config", config.bytes);
});

test("req-090 index.json fits the schema of the specification", {
  skip: skipWithoutCorpora,
}, () => {
  const index = indexJson(indexEntries(image, { tags: ["a", "b"] }));
  assertDocument("index", index);
});

for (const format of ["oci", "docker"] as const) {
  test(`an image in the format ${format} fits the schemas`, {
    skip: skipWithoutCorpora,
  }, async () => {
    const { manifest, config } = await createImage({ layers: [layer], format });
    assertDocument("manifest", manifest.bytes);
    assertDocument("config", config.bytes);
  });
}

test("the marker of a layout fits the schema of the specification", {
  skip: skipWithoutCorpora,
}, async () => {
  const bytes = await new Response(layoutMarker().stream()).arrayBuffer();
  assertDocument("layout", new Uint8Array(bytes));
});

/** What the specification's own tests say of documents. */
interface Examples {
  readonly examples: readonly {
    readonly file: string;
    readonly type: string;
    readonly valid: boolean;
    readonly why: string;
  }[];
}

const kinds: Readonly<Record<string, DocumentKind>> = {
  config: "config",
  descriptor: "descriptor",
  "image-index": "index",
  "image-layout": "layout",
  manifest: "manifest",
};

/** What the specification's own validator finds out with code, not by schema. */
const beyondSchemas = [
  "invalid/config-09.json",
  "invalid/descriptor-15.json",
  "invalid/descriptor-29.json",
];

test("the schemas judge the specification's examples as it says", {
  skip: skipWithoutCorpora,
}, () => {
  const folder = "oci-image-spec/examples";
  const { examples } = readCorpus<Examples>(`${folder}/index.json`);
  assert.ok(examples.length > 80, `${examples.length} examples`);
  for (const { file, type, valid, why } of examples) {
    const kind = kinds[type];
    assert.ok(kind, `${file} is of the type ${type}`);
    const wrong = misfit(kind, readFileSync(corpusFile(`${folder}/${file}`)));
    const fits = valid || beyondSchemas.includes(file);
    assert.equal(wrong === undefined, fits, `${file}, ${why}: ${wrong}`);
  }
});
