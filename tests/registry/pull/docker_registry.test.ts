import assert from "node:assert/strict";
import { test } from "node:test";
import { chunksOf } from "../../../src/bytes/byte_source.ts";
import { concat } from "../../../src/bytes/concat.ts";
import { referrersTag } from "../../../src/registry/pull/referrers_tag.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { canonicalJson } from "../../../src/spec/canonical_json.ts";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { withDockerRegistry } from "../../support/docker_registry.ts";
import { skipWithout } from "../../support/peers.ts";
import { sampleImage, someBytes } from "../sample_image.ts";
import { sameBytes } from "./blob_world.ts";
import { allOf, bodyOf, rejects, reset } from "./pull_world.ts";

const skip = skipWithout("docker-registry");
const { oci } = mediaTypes;

test("Debian's docker-registry is read from", { skip }, async () => {
  await withDockerRegistry({}, async ({ host, requests }) => {
    const name = `${host}/team/app`;
    const layer = someBytes(400_000);
    const image = await sampleImage(layer, new Uint8Array());
    const { descriptor, bytes } = image.manifest;
    const tags = ["1", "2.0", "latest"];
    await new Registry(name, { tags }).write(image);

    const registry = new Registry(name, { fetch: cutting(100_000) });
    for (const reference of ["1", descriptor.digest]) {
      const found = await registry.manifest(reference);
      assert.deepEqual(found.descriptor, descriptor);
      assert.deepEqual(found.bytes, bytes);
    }
    await rejects(registry.manifest("3"), "REGISTRY", /404.*no such tag/);

    const { layers } = image.manifest.value;
    const contents = await Promise.all(
      layers.map(async (layer) =>
        concat(await allOf(copies(registry.blob(layer))))
      ),
    );
    sameBytes(contents[0] ?? new Uint8Array(), layer);
    assert.equal(contents[1]?.byteLength, 0);
    const gone = { ...descriptor, digest: `sha256:${"0".repeat(64)}` } as const;
    const missing = allOf(copies(registry.blob(gone)));
    await rejects(missing, "REGISTRY", /404 \(BLOB_UNKNOWN/);

    assert.deepEqual((await allOf(registry.tags())).toSorted(), tags);
    assert.deepEqual(await allOf(registry.referrers(descriptor.digest)), []);
    const index = canonicalJson({
      schemaVersion: 2,
      mediaType: oci.index,
      manifests: [descriptor],
    });
    const tag = referrersTag(descriptor.digest);
    const stored = await fetch(`http://${host}/v2/team/app/manifests/${tag}`, {
      method: "PUT",
      headers: { "content-type": oci.index },
      body: index,
    });
    assert.equal(stored.status, 201);
    assert.deepEqual(
      await allOf(registry.referrers(descriptor.digest)),
      [descriptor],
    );
    const statuses = (await requests())
      .filter(({ method, path }) =>
        method === "GET" && path.includes("/blobs/")
      )
      .map(({ status }) => status);
    assert.ok(statuses.includes(206), String(statuses));
  });
});

async function* copies(source: Parameters<typeof chunksOf>[0]) {
  for await (const chunk of chunksOf(source)) yield chunk.slice();
}

/** Breaks the connection of every whole blob after so many bytes. */
function cutting(after: number) {
  return async (request: Request): Promise<Response> => {
    const response = await fetch(request);
    if (!request.url.includes("/blobs/") || response.status !== 200) {
      return response;
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { status, headers } = response;
    const body = bytes.byteLength > after
      ? bodyOf(bytes.slice(0, after), reset())
      : bodyOf(bytes);
    return new Response(body, { status, headers });
  };
}
