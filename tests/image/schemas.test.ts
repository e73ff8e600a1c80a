import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import { indexEntries, indexJson } from "../../src/archive/layout_files.ts";
import { createImage } from "../../src/image/create_image.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import { readCorpus, skipWithoutCorpora } from "../support/corpora.ts";

const SCHEMAS = [
  "config-schema.json",
  "content-descriptor.json",
  "defs-descriptor.json",
  "defs.json",
  "image-index-schema.json",
  "image-layout-schema.json",
  "image-manifest-schema.json",
] as const;

/** Draft 4 spells what later drafts spell `$id`, and names files in `$ref`. */
function withoutIds(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutIds);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) =>
        key !== "$schema" && !(key === "id" && typeof value === "string")
      )
      .map(([key, value]) => [key, withoutIds(value)]),
  );
}

function assertValid(name: typeof SCHEMAS[number], document: unknown): void {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of SCHEMAS) {
    const schema = readCorpus<object>(`oci-image-spec/schema/${name}`);
    ajv.addSchema(withoutIds(schema) as object, name);
  }
  const valid = ajv.validate(name, document);
  assert.ok(valid, JSON.stringify(ajv.errors));
}

const layer = await createLayer([
  { type: "file", path: "hello", body: new Blob(["hello\n"]) },
]);
const image = await createImage({
  layers: [layer, await createLayer([], { compression: "none" })],
  platform: { os: "linux", architecture: "arm", variant: "v7" },
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
  },
});

const parse = (bytes: Uint8Array) =>
  JSON.parse(new TextDecoder().decode(bytes));

test("req-089 the manifest fits the schema of the specification", {
  skip: skipWithoutCorpora,
}, () => {
  assertValid("image-manifest-schema.json", parse(image.manifest.bytes));
});

test("req-093 the configuration fits the schema of the specification", {
  skip: skipWithoutCorpora,
}, () => {
  assertValid("config-schema.json", parse(image.config.bytes));
});

test("req-090 index.json fits the schema of the specification", {
  skip: skipWithoutCorpora,
}, async () => {
  const index = indexJson(indexEntries(image, { tags: ["a", "b"] }));
  const bytes = await new Response(index.stream()).arrayBuffer();
  assertValid("image-index-schema.json", parse(new Uint8Array(bytes)));
});

test("the schemas refuse a manifest that is none", {
  skip: skipWithoutCorpora,
}, () => {
  assert.throws(() => assertValid("image-manifest-schema.json", { layers: 1 }));
});
