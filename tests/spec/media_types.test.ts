import assert from "node:assert/strict";
import { test } from "node:test";
import { SchemaVersion } from "../../src/spec/manifest.ts";
import * as types from "../../src/spec/media_types.ts";

test("the constants of the Go package have its values", () => {
  const constants = Object.fromEntries(
    Object.entries(types).filter(([name]) => name.startsWith("MediaType")),
  );
  assert.deepEqual(constants, {
    MediaTypeManifest: "application/vnd.docker.distribution.manifest.v2+json",
    MediaTypeImageConfig: "application/vnd.docker.container.image.v1+json",
    MediaTypePluginConfig: "application/vnd.docker.plugin.v1+json",
    MediaTypeLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
    MediaTypeForeignLayer:
      "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    MediaTypeUncompressedLayer: "application/vnd.docker.image.rootfs.diff.tar",
  });
  assert.deepEqual(SchemaVersion, {
    schemaVersion: 2,
    mediaType: "application/vnd.docker.distribution.manifest.v2+json",
  });
});

test("the two families share no media type", () => {
  const { oci, docker } = types.mediaTypes;
  const all = [...Object.values(oci), ...Object.values(docker)];
  assert.equal(new Set(all).size, 11);
  assert.ok(Object.values(oci).every((type) => type.includes(".oci.")));
  assert.ok(Object.values(docker).every((type) => type.includes(".docker.")));
});
