import assert from "node:assert/strict";
import { test } from "node:test";
import { isFilterApplied } from "../../../src/registry/pull/list_referrers.ts";
import { referrersTag } from "../../../src/registry/pull/referrers_tag.ts";
import { RegistryError } from "../../../src/registry/registry_error.ts";
import type { Descriptor } from "../../../src/spec/descriptor.ts";
import type { Digest } from "../../../src/spec/digest.ts";
import { isDigest } from "../../../src/spec/digest.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { readCorpus, skipWithoutCorpora } from "../../support/corpora.ts";
import { errorResponse } from "../../support/fake_registry.ts";
import { someBytes } from "../sample_image.ts";
import { allOf, BASE, descriptorOf, pullWorld, rejects } from "./pull_world.ts";

const { oci } = mediaTypes;
const { digest } = await descriptorOf(someBytes(1));
const API = `referrers/${digest}`;
const TAG = `manifests/${digest.replace(":", "-")}`;
const SBOM = "application/vnd.example.sbom+json";
const sbom: Descriptor = {
  ...await descriptorOf(someBytes(2), oci.manifest),
  artifactType: SBOM,
  annotations: { a: "b" },
};
const signature: Descriptor = {
  ...await descriptorOf(someBytes(3), oci.manifest),
  artifactType: "application/vnd.example.signature",
};

function index(
  manifests: unknown,
  headers: Record<string, string> = {},
): Response {
  const value = { schemaVersion: 2, mediaType: oci.index, manifests };
  return Response.json(value, {
    headers: { "content-type": oci.index, ...headers },
  });
}

/** A registry with these answers, by what stands behind its base. */
function worldOf(answers: Record<string, () => Response>) {
  return pullWorld(({ url }) => {
    const place = url.replace(BASE, "");
    const key = Object.hasOwn(answers, place) ? place : place.split("?")[0];
    return answers[key ?? ""]?.() ??
      errorResponse(404, "MANIFEST_UNKNOWN", "unknown");
  });
}

test("what the registry lists", async () => {
  const { registry, lines, requests } = worldOf({
    [API]: () => index([sbom, signature]),
  });
  const found = await allOf(registry.referrers(digest));
  assert.deepEqual(found, [sbom, signature]);
  assert.deepEqual(lines, [`GET ${API}`]);
  assert.equal(requests[0]?.headers.get("accept"), oci.index);
  const none = worldOf({ [API]: () => index(null) });
  assert.deepEqual(await allOf(none.registry.referrers(digest)), []);
});

test("a registry that filters, and one that does not (req-070)", async () => {
  const artifactType = SBOM;
  const place = `${API}?artifactType=application%2Fvnd.example.sbom%2Bjson`;
  const lacking = { ...sbom, artifactType: undefined };
  const applied = { "oci-filters-applied": "x, artifactType" };
  const filters = worldOf({ [place]: () => index([lacking], applied) });
  const { registry } = filters;
  assert.equal(
    (await allOf(registry.referrers(digest, { artifactType }))).length,
    1,
  );
  assert.deepEqual(filters.lines, [`GET ${place}`]);
  const others: Record<string, string>[] = [
    {},
    { "oci-filters-applied": "other" },
  ];
  for (const headers of others) {
    const { registry } = worldOf({
      [place]: () => index([signature, sbom, lacking], headers),
    });
    const found = await allOf(registry.referrers(digest, { artifactType }));
    assert.deepEqual(found, [sbom]);
  }
});

test("pages are followed by Link (req-070)", async () => {
  const { registry } = worldOf({
    [API]: () => index([sbom], { link: '<?page=2>; rel="next"' }),
    [`${API}?page=2`]: () => index([signature]),
  });
  const found = await allOf(registry.referrers(digest));
  assert.deepEqual(found, [sbom, signature]);
  const away = worldOf({
    [API]: () => index([sbom], { link: "<https://elsewhere.test/>; rel=next" }),
  });
  const work = allOf(away.registry.referrers(digest));
  await rejects(work, "REGISTRY", /goes on at elsewhere\.test/);
  const lost = worldOf({
    [API]: () => index([sbom], { link: `<x?page=2>; rel="next"` }),
  });
  // A page that is missing is not a list that ends.
  await rejects(allOf(lost.registry.referrers(digest)), "REGISTRY", /404/);
});

test("no API: the referrers tag, else none (req-069)", async () => {
  for (
    const answer of [
      () => errorResponse(404, "UNSUPPORTED", "no"),
      () => errorResponse(405, "UNSUPPORTED", "no"),
      () =>
        new Response("<html>", { headers: { "content-type": "text/html" } }),
    ]
  ) {
    const tagged = worldOf({
      [API]: answer,
      [TAG]: () => index([signature, sbom]),
    });
    const { registry } = tagged;
    const all = await allOf(registry.referrers(digest));
    assert.deepEqual(all, [signature, sbom]);
    const artifactType = SBOM;
    const some = await allOf(registry.referrers(digest, { artifactType }));
    assert.deepEqual(some, [sbom]);
    const none = worldOf({ [API]: answer });
    assert.deepEqual(await allOf(none.registry.referrers(digest)), []);
    assert.deepEqual(none.lines, [`GET ${API}`, `GET ${TAG}`]);
  }
});

test("a referrers tag that is no index", async () => {
  const config = await descriptorOf(someBytes(4), oci.config);
  const value = {
    schemaVersion: 2,
    mediaType: oci.manifest,
    config,
    layers: [],
  };
  const { registry } = worldOf({
    [TAG]: () =>
      Response.json(value, { headers: { "content-type": oci.manifest } }),
  });
  const work = allOf(registry.referrers(digest));
  await rejects(work, "REGISTRY", /the tag sha256-.* is a manifest/);
});

test("an answer that is no index, and a registry that refuses", async () => {
  const bad = worldOf({ [API]: () => index([{ ...sbom, digest: "x" }]) });
  await rejects(
    allOf(bad.registry.referrers(digest)),
    "REGISTRY",
    /list what refers to .*, its entry 1 has no digest/,
  );
  const refusing = worldOf({ [API]: () => errorResponse(403, "DENIED", "no") });
  const work = allOf(refusing.registry.referrers(digest));
  const error = await rejects(work, "REGISTRY", /answered 403/);
  assert.ok(error instanceof RegistryError);
  const { registry, lines } = worldOf({});
  const none = allOf(registry.referrers("sha256:../x"));
  await rejects(none, "DIGEST_SYNTAX", /Cannot read the digest/);
  assert.deepEqual(lines, []);
});

test("oras-go and the specification: referrers tags (req-068)", {
  skip: skipWithoutCorpora,
}, () => {
  const { buildReferrersTag, specTagTable } = readCorpus<{
    buildReferrersTag: { desc: { Digest: string }; want?: string }[];
    specTagTable: [Digest, string][];
  }>("referrers/oras.json");
  for (const { desc: { Digest }, want } of buildReferrersTag) {
    // Not cut at 64 characters there, as the specification asks for.
    if (Digest.startsWith("sha512:")) continue;
    if (want !== undefined) {
      assert.ok(isDigest(Digest));
      assert.equal(referrersTag(Digest), want);
    } else if (!isDigest(Digest)) {
      const code = "DIGEST_SYNTAX";
      assert.throws(() => referrersTag(Digest as Digest), { code });
    }
  }
  for (const [text, tag] of specTagTable) assert.equal(referrersTag(text), tag);
});

test("oras-go: OCI-Filters-Applied (req-070)", {
  skip: skipWithoutCorpora,
}, () => {
  const { isReferrersFilterApplied } = readCorpus<{
    isReferrersFilterApplied: {
      name: string;
      applied: string;
      requested: string;
      want?: boolean;
    }[];
  }>("referrers/oras.json");
  for (const { name, applied, requested, want } of isReferrersFilterApplied) {
    assert.equal(isFilterApplied(applied, requested), want ?? false, name);
  }
});
