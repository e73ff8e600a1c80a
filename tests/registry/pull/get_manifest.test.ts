import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DigestMismatchError } from "../../../src/bytes/digest_mismatch_error.ts";
import { hashOf } from "../../../src/bytes/hasher.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import { canonicalJson } from "../../../src/spec/canonical_json.ts";
import { MANIFEST_LIMIT } from "../../../src/spec/check_manifest.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { corpusFile, skipWithoutCorpora } from "../../support/corpora.ts";
import { errorResponse } from "../../support/fake_registry.ts";
import { sampleImage, someBytes } from "../sample_image.ts";
import { bodyOf, NAME, pullWorld, rejects, reset } from "./pull_world.ts";

const { oci, docker } = mediaTypes;
const { manifest: image } = await sampleImage(someBytes(10));
const { digest, size } = image.descriptor;
const OTHER = `sha256:${"0".repeat(64)}` as const;

interface Told {
  readonly bytes?: Uint8Array;
  readonly type?: string | null;
  readonly stated?: string | null;
  readonly headers?: Record<string, string>;
}

/** An answer with a manifest, as a registry gives it. */
function answerWith(told: Told = {}): Response {
  const { bytes = image.bytes, type = oci.manifest, stated = null } = told;
  const response = new Response(bytes.slice(), { headers: told.headers ?? {} });
  response.headers.delete("content-type");
  if (type !== null) response.headers.set("content-type", type);
  if (stated !== null) response.headers.set("docker-content-digest", stated);
  return response;
}

const worldOf = (told: Told = {}) => pullWorld(() => answerWith(told));

/** Expects a manifest to be refused. */
const refuses = (told: Told, words: RegExp, name = "1") =>
  rejects(worldOf(told).registry.manifest(name), "REGISTRY", words);

test("a manifest by tag and by digest, its bytes as they are (req-031)", async () => {
  for (const name of ["1.0", digest]) {
    const { registry, lines } = worldOf();
    const found = await registry.manifest(name);
    assert.equal(found.kind, "manifest");
    assert.deepEqual(found.descriptor, {
      mediaType: oci.manifest,
      digest,
      size,
    });
    assert.deepEqual(found.bytes, image.bytes);
    assert.deepEqual(found.value, image.value);
    assert.deepEqual(lines, [`GET manifests/${name}`]);
  }
  const { registry, lines } = worldOf();
  await registry.manifest();
  assert.deepEqual(lines, ["GET manifests/latest"]);
});

test("every kind of manifest is welcome, and no credential asked for (req-019)", async () => {
  const { registry, requests } = worldOf();
  await registry.manifest("1");
  const accept = requests[0]?.headers.get("accept")?.split(", ");
  assert.deepEqual(accept?.toSorted(), [
    docker.index,
    docker.manifest,
    oci.index,
    oci.manifest,
  ]);
});

test("parameters and the case of a Content-Type do not count (req-020)", async () => {
  for (
    const type of [
      `${oci.manifest}; charset=utf-8`,
      `${oci.manifest};charset="UTF-8"; x=y`,
      oci.manifest.toUpperCase(),
    ]
  ) {
    const found = await worldOf({ type }).registry.manifest("1");
    assert.equal(found.descriptor.mediaType, oci.manifest);
  }
});

test("a registry that says little or something general of a manifest (req-011)", async () => {
  for (const type of [null, "", "application/json", "text/plain"]) {
    const found = await worldOf({ type }).registry.manifest("1");
    assert.equal(found.descriptor.mediaType, oci.manifest);
  }
  await refuses({ type: "text/html" }, /was said to be text\/html/);
});

test("mediaType is not Content-Type (fault: mediaType ≠ Content-Type; both layers and manifests) (req-021, CVE-2021-41190)", async () => {
  for (const type of [oci.index, docker.manifest, docker.index]) {
    await refuses({ type }, /was said to be/);
    await refuses({ type }, /was said to be/, digest);
  }
});

test("both layers and manifests (fault: mediaType ≠ Content-Type; both layers and manifests)", async () => {
  for (const mediaType of [oci.manifest, oci.index]) {
    const bytes = canonicalJson({ ...image.value, mediaType, manifests: [] });
    await refuses(
      { bytes, type: mediaType },
      /could be taken for something else/,
    );
  }
});

test("Docker-Content-Digest is verified, of whichever algorithm (req-022)", async () => {
  for (
    const stated of [
      digest,
      hashOf(image.bytes, "sha512"),
      // Nothing is known of these: the bytes count.
      "blake3:aabb",
      "",
      "nonsense",
    ]
  ) {
    const found = await worldOf({ stated }).registry.manifest("1");
    assert.equal(found.descriptor.digest, digest);
  }
});

test("a wrong Docker-Content-Digest (fault: wrong Docker-Content-Digest on HEAD/GET/PUT)", async () => {
  const wrong = hashOf(someBytes(3), "sha512");
  for (const stated of [OTHER, wrong]) {
    for (const name of ["1", digest]) {
      const { registry } = worldOf({ stated });
      const error = await rejects(
        registry.manifest(name),
        "DIGEST_MISMATCH",
        /it was to be .* and what came is/,
      );
      assert.ok(error instanceof DigestMismatchError);
      assert.equal(error.expected, stated);
    }
  }
});

test("other bytes than the digest asked for, with a header that fits them (req-023, CVE-2025-24882)", async () => {
  const { registry } = worldOf({ stated: digest });
  const error = await rejects(
    registry.manifest(OTHER),
    "DIGEST_MISMATCH",
    new RegExp(`Cannot get ${NAME}@${OTHER}: .*${digest}`),
  );
  assert.ok(error instanceof DigestMismatchError);
  assert.deepEqual([error.expected, error.actual], [OTHER, digest]);
});

test("a manifest by a digest of sha512", async () => {
  const name = hashOf(image.bytes, "sha512");
  // What docker-registry says of such a one.
  const { registry } = worldOf({ stated: digest });
  assert.equal((await registry.manifest(name)).descriptor.digest, name);
  await rejects(
    registry.manifest(hashOf(someBytes(3), "sha512")),
    "DIGEST_MISMATCH",
    /sha512/,
  );
});

test("names that are neither tags nor digests never become URLs (req-004, CVE-2024-3727)", async () => {
  const { registry, lines } = worldOf();
  for (
    const name of [
      "",
      "../x",
      "a/b",
      "a?b",
      "%2e%2e",
      "sha256:../../x",
      "sha256:%2e",
      digest.toUpperCase(),
      digest.slice(0, -1),
      `${digest}0`,
      "a".repeat(129),
      "a\r\nx: y",
    ]
  ) {
    const words = /neither a digest nor a tag/;
    await rejects(registry.manifest(name), "USAGE", words);
  }
  await rejects(registry.manifest("blake3:ab"), "USAGE", /cannot be verified/);
  assert.deepEqual(lines, []);
});

test("an expected media type counts where the digest matches (req-032)", async () => {
  const { mediaType: _, ...unnamed } = image.value;
  const bytes = canonicalJson(unnamed);
  const pinned = hashOf(bytes, "sha256");
  const expected = { mediaType: docker.manifest };
  const { registry } = worldOf({ bytes, type: oci.manifest });
  const found = await registry.manifest(pinned, expected);
  assert.equal(found.descriptor.mediaType, docker.manifest);
  await rejects(
    registry.manifest("1", expected),
    "REGISTRY",
    /it is .*oci.* and not .*docker/,
  );
  // What the document says of itself still has to fit.
  await rejects(
    worldOf().registry.manifest(digest, expected),
    "REGISTRY",
    /was said to be/,
  );
});

test("an index", async () => {
  const bytes = canonicalJson({
    schemaVersion: 2,
    mediaType: oci.index,
    manifests: [image.descriptor],
  });
  const found = await worldOf({ bytes, type: oci.index }).registry.manifest();
  assert.ok(found.kind === "index");
  assert.deepEqual(found.value.manifests, [image.descriptor]);
});

test("4 MiB, as declared and as counted (rule 12: bounded inputs, CVE-2023-25153)", async () => {
  const words = /longer than 4194304 bytes/;
  const head = new TextDecoder().decode(image.bytes).slice(0, -1);
  const padded = (length: number) =>
    new TextEncoder().encode(`${head}${" ".repeat(length - size)}}`);
  const largest = padded(MANIFEST_LIMIT);
  const found = await worldOf({ bytes: largest }).registry.manifest();
  assert.equal(found.descriptor.size, MANIFEST_LIMIT);
  await refuses({ bytes: padded(MANIFEST_LIMIT + 1) }, words);

  let sent = 0;
  let isOpen = true;
  const endless = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1 << 20;
          controller.enqueue(new Uint8Array(1 << 20));
        },
        cancel() {
          isOpen = false;
        },
      }),
      { headers: { "content-type": oci.manifest } },
    );
  await rejects(pullWorld(endless).registry.manifest(), "REGISTRY", words);
  assert.ok(sent < 8 << 20 && !isOpen);
  const declared = { "content-length": String(MANIFEST_LIMIT + 1) };
  await refuses({ headers: declared }, words);
});

test("a body that breaks off is asked for again (fault: truncated response)", async () => {
  const declared = { "content-length": String(size) };
  const half = image.bytes.slice(0, 50);
  for (const broken of [bodyOf(half, reset()), bodyOf(half)]) {
    const { registry, lines, clock } = pullWorld((_, attempt) =>
      attempt === 1 ? new Response(broken, { headers: declared }) : answerWith()
    );
    assert.deepEqual((await registry.manifest("1")).bytes, image.bytes);
    assert.equal(lines.length, 2);
    assert.equal(clock.sleeps.length, 1);
  }
  const { registry, lines } = pullWorld(() =>
    new Response(bodyOf(half), { headers: declared })
  );
  const words = /registry\.test: it closed the connection/;
  await rejects(registry.manifest("1"), "NETWORK", words);
  assert.equal(lines.length, 6);
});

test("a registry that has none says so", async () => {
  const { registry, lines } = pullWorld(() =>
    errorResponse(404, "MANIFEST_UNKNOWN", "manifest unknown")
  );
  const error = await rejects(
    registry.manifest("1"),
    "REGISTRY",
    /Cannot get registry\.test\/team\/app:1: the registry answered 404 \(MANIFEST_UNKNOWN: manifest unknown\)/,
  );
  assert.ok(error instanceof RegistryError);
  assert.equal(error.status, 404);
  assert.equal(lines.length, 1);
});

test("schema 1 is refused by name", async () => {
  const type =
    "application/vnd.docker.distribution.manifest.v1+prettyjws; charset=utf-8";
  const bytes = canonicalJson({ schemaVersion: 1, name: "a", fsLayers: [] });
  await refuses({ bytes, type }, /old schema 1/);
  await refuses({ bytes, type: "application/json" }, /old schema 1/);
});

test("JSON that two readers read in two ways (rule 12: bounded inputs) (JSON) (numbers)", async () => {
  const text = new TextDecoder().decode(image.bytes);
  const cases: [string, RegExp][] = [
    [`\ufeff${text}`, /byte order mark/],
    [text.replace("{", '{"layers":[],'), /it has "layers" twice/],
    [text.replace("{", '{"x":"\\ud800",'), /lone surrogate/],
    [`${"[".repeat(100_000)}`, /levels deep/],
    [text.replace(/"size":\d+/, '"size":1e3'), /its size 1e3/],
    [text.replace(/"size":\d+/, '"size":"12"'), /size/],
    [text.replace(/"size":\d+/, '"size":-1'), /its size -1/],
    [
      text.replace(/"size":\d+/, '"size":9007199254740993'),
      /its size 9007199254740993/,
    ],
    ["<html>", /not JSON/],
    ["", /not JSON/],
  ];
  for (const [body, words] of cases) {
    assert.notEqual(body, text);
    await refuses({ bytes: new TextEncoder().encode(body) }, words);
  }
});

test("content in a descriptor is verified (req-035)", async () => {
  const empty =
    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
  const holding = (data: string, more: object = {}) => ({
    bytes: canonicalJson({
      ...image.value,
      config: {
        mediaType: "application/vnd.oci.empty.v1+json",
        digest: empty,
        size: 2,
        data,
        ...more,
      },
    }),
  });
  assert.ok(await worldOf(holding("e30=")).registry.manifest());
  const words = /holds the content of sha256:44136fa/;
  await refuses(holding("W10="), words);
  await refuses(holding("e30K"), words);
  await refuses(holding("e30=", { size: 3 }), words);
  await refuses(holding("e30"), /base64/);
  const unknown = { digest: "blake3:aabb" };
  assert.ok(await worldOf(holding("e30=", unknown)).registry.manifest());
});

test("unknown types and members, and a configuration that is not looked into (req-029, req-030)", async () => {
  const value = {
    ...image.value,
    artifactType: "application/vnd.example.sbom",
    config: { ...image.value.config, mediaType: "application/x-unheard-of" },
    annotations: JSON.parse('{"__proto__":"a","constructor":"b"}'),
    unheardOf: { of: [1.5, null] },
  };
  const bytes = canonicalJson(value);
  const { registry, lines } = worldOf({ bytes });
  const found = await registry.manifest("1");
  assert.deepEqual(found.bytes, bytes);
  assert.deepEqual(canonicalJson(found.value), bytes);
  assert.deepEqual(lines, ["GET manifests/1"]);
});

test("an aborted signal ends it", async () => {
  const controller = new AbortController();
  const { registry } = pullWorld(() => {
    controller.abort();
    return new Response(bodyOf(new Uint8Array(1), reset()));
  });
  const { signal } = controller;
  await rejects(registry.manifest("1", { signal }), "ABORTED", /interrupted/);
});

test("containers/image: manifests come out as they went in", {
  skip: skipWithoutCorpora,
}, async () => {
  const folder = "containers-image-manifests/internal-manifest";
  for (
    const name of [
      "oci1index.json",
      "ociv1.manifest.json",
      "v2list.manifest.json",
      "v2s2.manifest.json",
    ]
  ) {
    const bytes = new Uint8Array(readFileSync(corpusFile(`${folder}/${name}`)));
    const { registry } = worldOf({ bytes, type: null });
    const pinned = hashOf(bytes, "sha256");
    assert.deepEqual((await registry.manifest(pinned)).bytes, bytes, name);
  }
});
