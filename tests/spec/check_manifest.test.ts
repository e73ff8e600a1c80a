import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { checkDescriptor } from "../../src/spec/check_descriptor.ts";
import { checkManifest } from "../../src/spec/check_manifest.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { parseJson } from "../../src/spec/parse_json.ts";
import { corpusFile, skipWithoutCorpora } from "../support/corpora.ts";

const { oci, docker } = mediaTypes;
const refuse = (why: string) => new RangeError(why);
const DIGEST =
  "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const config = { mediaType: oci.config, digest: DIGEST, size: 2 };
const manifest = {
  schemaVersion: 2,
  mediaType: oci.manifest,
  config,
  layers: [{ ...config, mediaType: oci.layer }],
};
const index = {
  schemaVersion: 2,
  mediaType: oci.index,
  manifests: [{ ...config, mediaType: oci.manifest }],
};

const bytesOf = (value: unknown) =>
  new TextEncoder().encode(
    typeof value === "string" ? value : JSON.stringify(value),
  );
const check = (value: unknown, mediaType?: string) =>
  checkManifest(bytesOf(value), { mediaType, refuse });

function refuses(value: unknown, why: RegExp, mediaType?: string): void {
  assert.throws(() => check(value, mediaType), (error: Error) => {
    assert.ok(error instanceof RangeError, String(error));
    assert.match(error.message, why);
    return true;
  });
}

test("manifests and indexes of both families are read", () => {
  assert.equal(check(manifest).kind, "manifest");
  assert.equal(check(index, oci.index).kind, "index");
  const checked = check({ ...manifest, mediaType: docker.manifest });
  assert.equal(checked.mediaType, docker.manifest);
  assert.equal(check({ ...index, mediaType: docker.index }).kind, "index");
  const { mediaType: _, ...unnamed } = manifest;
  assert.deepEqual(check(unnamed, docker.manifest).value, unnamed);
});

test("a document that is a manifest and an index at once (rule 5: media-type confusion)", () => {
  refuses(
    { ...manifest, manifests: [] },
    /it is a manifest and holds manifest/,
  );
  refuses({ ...index, layers: [] }, /it is an index and holds layers/);
  refuses({ ...index, config }, /it is an index and holds config/);
  refuses({ ...index, Layers: null }, /it is an index and holds layers/);
  refuses({ ...manifest, fsLayers: [] }, /holds fslayers/);
});

test("a document that says something else of itself than was said of it (req-021)", () => {
  refuses(manifest, /said to be .*index.* that it is .*manifest/, oci.index);
  refuses(manifest, /was said to be/, docker.manifest);
  refuses(
    { ...manifest, mediaType: 3 },
    /says itself that it is something/,
    oci.manifest,
  );
  refuses({ ...manifest, mediaType: "a\nb" }, /something else/, oci.manifest);
});

test("a document that does not say what it is, or something unknown", () => {
  refuses({ schemaVersion: 2, config, layers: [] }, /does not say what it is/);
  refuses({ ...manifest, mediaType: "text/html" }, /text\/html are not known/);
  refuses({ ...manifest, mediaType: "a\nb" }, /does not say what it is/);
  refuses({ ...manifest, schemaVersion: 3 }, /schemaVersion is not 2/);
  refuses({ ...manifest, schemaVersion: "2" }, /schemaVersion is not 2/);
  refuses([manifest], /not a JSON object/, oci.manifest);
  refuses("null", /not a JSON object/);
});

test("schema 1 is told by name", () => {
  const old = "application/vnd.docker.distribution.manifest.v1+prettyjws";
  refuses({ schemaVersion: 1, fsLayers: [] }, /old schema 1/);
  refuses({ schemaVersion: 1 }, /old schema 1/, old);
  refuses("no JSON", /old schema 1/, old);
});

test("sizes of descriptors (req-026)", () => {
  for (
    const size of ["-1", "1e3", '"12"', "9007199254740993", "null", "1.5", "[]"]
  ) {
    const text = JSON.stringify(manifest).replace('"size":2', `"size":${size}`);
    refuses(text, /size/);
  }
  for (const size of [-1, 1.5, NaN, 2 ** 53, Infinity, "2"]) {
    assert.throws(
      () => checkDescriptor({ ...config, size }, "it", refuse),
      /it has no size/,
    );
  }
  const { size: _, ...without } = config;
  refuses({ ...manifest, config: without }, /its config has no size/);
});

test("digests of descriptors (rule 4: digest as path)", () => {
  for (
    const digest of [
      "sha256:../../x",
      "sha256:%2e",
      DIGEST.toUpperCase(),
      DIGEST.slice(0, -1),
      "",
      "latest",
      null,
      7,
    ]
  ) {
    refuses(
      { ...manifest, layers: [{ ...config, digest }] },
      /its layer 1 has no digest/,
    );
  }
});

test("other members of descriptors", () => {
  const layer = (more: object) => ({
    ...manifest,
    layers: [{ ...config, ...more }],
  });
  refuses(layer({ mediaType: "invalid" }), /has no media type/);
  refuses(layer({ mediaType: "a/b\r\nx: y" }), /has no media type/);
  refuses(layer({ urls: [1] }), /urls/);
  refuses(layer({ annotations: { a: 1 } }), /annotations/);
  refuses(layer({ annotations: [] }), /annotations/);
  refuses(layer({ data: "e30" }), /base64/);
  refuses(layer({ data: "====" }), /base64/);
  refuses(layer({ platform: { os: "linux" } }), /platform/);
  refuses(
    layer({ platform: { os: "linux", architecture: "a", "os.features": "x" } }),
    /platform/,
  );
  refuses(layer({ artifactType: "x" }), /artifact type/);
  assert.ok(check(layer({ data: "e30=", urls: ["https://a.example/b"] })));
});

test("null stands for nothing, as Go writes it", () => {
  assert.deepEqual(check({ ...manifest, layers: null }).value, {
    ...manifest,
    layers: [],
  });
  const nothing = { annotations: null, subject: null, artifactType: null };
  assert.deepEqual(check({ ...index, ...nothing }).value, index);
  refuses(
    { schemaVersion: 2, mediaType: oci.index },
    /manifests are not a list/,
  );
  refuses({ ...manifest, config: null }, /its config is not an object/);
});

test("what is not known is no fault (req-030)", () => {
  const strange = {
    ...manifest,
    artifactType: "application/vnd.example.thing+json",
    config: { ...config, mediaType: "application/vnd.example.config" },
    layers: [{
      ...config,
      mediaType: "application/x-strange",
      artifactType: "a/b",
      annotations: { "__proto__.x": "1", constructor: "2", "": "3" },
      more: { size: null },
    }],
    subject: { ...config, digest: "blake3+x:AZ=_-" },
    annotations: JSON.parse('{"__proto__":"1","toString":"2"}'),
    unheardOf: [1.5, { deep: true }],
  };
  assert.deepEqual(check(strange).value, strange);
  const entry = { ...config, mediaType: "application/x-strange" };
  assert.equal(check({ ...index, manifests: [entry] }).kind, "index");
});

const EXAMPLES = "oci-image-spec/examples";
const skip = { skip: skipWithoutCorpora };

test("OCI image specification: examples of manifests and indexes", skip, () => {
  let read = 0;
  for (const kind of ["valid", "invalid", "spec-text", "docker-compat"]) {
    for (const name of readdirSync(corpusFile(`${EXAMPLES}/${kind}`))) {
      // A descriptor, cut out of the page about manifests.
      if (kind === "spec-text" && name === "manifest-09.json") continue;
      const type = /^manifest/.test(name)
        ? oci.manifest
        : /^image-index/.test(name)
        ? oci.index
        : undefined;
      if (type === undefined) continue;
      const bytes = readFileSync(corpusFile(`${EXAMPLES}/${kind}/${name}`));
      const attempt = () => {
        const said = kind === "docker-compat" ? undefined : type;
        return checkManifest(bytes, { mediaType: said, refuse });
      };
      // An empty list of layers breaks the schema's rule for images, and is a
      // manifest all the same: the specification says SHOULD.
      if (kind === "invalid" && name !== "manifest-05.json") {
        assert.throws(attempt, RangeError, name);
      } else {
        assert.doesNotThrow(attempt, name);
      }
      read++;
    }
  }
  assert.ok(read > 20, `${read} examples`);
});

test("OCI image specification: examples of descriptors", skip, () => {
  let read = 0;
  for (const kind of ["valid", "invalid", "spec-text"]) {
    for (const name of readdirSync(corpusFile(`${EXAMPLES}/${kind}`))) {
      if (!name.startsWith("descriptor")) continue;
      const bytes = readFileSync(corpusFile(`${EXAMPLES}/${kind}/${name}`));
      const attempt = () =>
        checkDescriptor(
          parseJson(bytes, { refuse, digits: ["size"] }),
          "it",
          refuse,
        );
      // A URL that is none is never asked for, so it does no harm.
      if (kind === "invalid" && name !== "descriptor-17.json") {
        assert.throws(attempt, RangeError, name);
      } else {
        assert.ok(attempt(), name);
      }
      read++;
    }
  }
  assert.ok(read > 20, `${read} examples`);
});

test("containers/image: manifests of every kind", skip, () => {
  // schema1-to-*: sizes of -1, as schema 1 has none.
  const none =
    /schema1-to|v1\.artifact|nomime\.artifact|-config\.json|oci1-config|schema1\.json|by-docker|v2s1|non-json|unknown-v/;
  let read = 0;
  for (const folder of ["internal-manifest", "manifest", "internal-image"]) {
    const path = `containers-image-manifests/${folder}`;
    for (const name of readdirSync(corpusFile(path))) {
      const bytes = readFileSync(corpusFile(`${path}/${name}`));
      const mediaType = /v2s2nomime/.test(name)
        ? docker.manifest
        : /nomime.*index/.test(name)
        ? oci.index
        : /nomime|ociv1.invalid|oci1-invalid/.test(name)
        ? oci.manifest
        : undefined;
      const attempt = () => checkManifest(bytes, { mediaType, refuse });
      if (none.test(name)) assert.throws(attempt, RangeError, name);
      else assert.doesNotThrow(attempt, name);
      read++;
    }
  }
  assert.ok(read > 50, `${read} manifests`);
});
