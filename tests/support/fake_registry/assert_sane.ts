import assert from "node:assert/strict";
import { hasDigest } from "./digests.ts";
import type { FakeRegistry } from "./fake_registry.ts";
import { readManifest } from "./read_manifest.ts";

/**
 * Asserts that a registry holds nothing that is wrong: all content has the
 * digest that it goes by, every tag names a manifest that is there, all that a
 * manifest names is there in the size that it names, and no credential came to
 * the storage.
 */
export function assertSane(
  { blobs, manifests, tags, leaks }: Pick<
    FakeRegistry,
    "blobs" | "manifests" | "tags" | "leaks"
  >,
): void {
  for (const [key, bytes] of blobs) {
    assert.ok(hasDigest(bytes, digestIn(key)), `blob ${key} is another one`);
  }
  for (const [key, { bytes, mediaType }] of manifests) {
    assert.ok(hasDigest(bytes, digestIn(key)), `${key} is another one`);
    const parts = readManifest(bytes, mediaType);
    if (typeof parts === "string") assert.fail(`${key}: ${parts}`);
    const repository = key.slice(0, key.indexOf("@"));
    for (const { digest, size } of parts.blobs) {
      const blob = blobs.get(`${repository}@${digest}`);
      assert.equal(blob?.byteLength, size, `${key} names blob ${digest}`);
    }
    for (const { digest, size } of parts.manifests) {
      const child = manifests.get(`${repository}@${digest}`);
      assert.equal(child?.bytes.byteLength, size, `${key} names ${digest}`);
    }
  }
  for (const [tag, digest] of tags) {
    const repository = tag.slice(0, tag.lastIndexOf(":"));
    assert.ok(manifests.has(`${repository}@${digest}`), `${tag} dangles`);
  }
  assert.deepEqual(leaks.map(({ line }) => line), []);
}

function digestIn(key: string): string {
  return key.slice(key.indexOf("@") + 1);
}
