import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaTypes } from "../../../src/spec/media_types.ts";
import { skipWithoutCorpora } from "../corpora.ts";
import { fakeRegistry } from "../fake_registry.ts";
import { asker } from "./ask.ts";
import { digestBy } from "./digests.ts";
import { bytes, octets } from "./probe.ts";

const { oci } = mediaTypes;

/** Puts an image as scratchbuild does, and gives what the registry says. */
async function answerTo(config: unknown, rest: object): Promise<string> {
  const ask = asker(fakeRegistry().fetch);
  const blob = bytes(JSON.stringify(config));
  const digest = digestBy("sha256", blob);
  await ask(`POST /v2/a/blobs/uploads/?digest=${digest}`, {
    headers: { ...octets, "content-length": String(blob.length) },
    body: blob,
  });
  const part = { mediaType: oci.config, digest, size: blob.length };
  const { mediaType } = { mediaType: oci.manifest, ...rest };
  const response = await ask("PUT /v2/a/manifests/1", {
    headers: { "user-agent": "scratchbuild/0", "content-type": mediaType },
    body: JSON.stringify({
      ...{ schemaVersion: 2, mediaType, config: part },
      ...{ layers: [{ ...part, mediaType: oci.layer }], ...rest },
    }),
  });
  return `${response.status} ${await response.text()}`;
}

const rootfs = { type: "layers", diff_ids: [] };
const config = { architecture: "amd64", os: "linux", rootfs };

test("what scratchbuild sends has to fit the schemas", {
  skip: skipWithoutCorpora,
}, async () => {
  assert.match(await answerTo(config, {}), /^201 /);
  assert.match(
    await answerTo(config, { annotations: { a: 1 } }),
    /^400 .*the manifest does not fit its schema: \/annotations\/a/,
  );
  assert.match(
    await answerTo({ ...config, rootfs: 1 }, {}),
    /^400 .*the config does not fit its schema: \/rootfs/,
  );
});
