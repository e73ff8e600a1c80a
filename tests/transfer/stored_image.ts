import { digestOf } from "../../src/bytes/sha256.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { readWhole } from "../../src/bytes/read_whole.ts";
import { verify } from "../../src/transfer/verify.ts";
import { Shelf } from "./shelf.ts";

const { oci } = mediaTypes;

/** A tar of one file, not compressed. */
export const tar: Uint8Array = await readWhole(
  await createLayer([{ type: "file", path: "a", body: "a" }], {
    compression: "none",
  }),
);

/** A layer as it is stored, and what is said of it. */
export interface StoredLayer {
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
  readonly diffId?: string;
  readonly said?: Partial<Descriptor>;
}

/** Takes an image in, right or wrong. */
export async function hold(
  shelf: Shelf,
  layers: readonly StoredLayer[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Descriptor> {
  const descriptors: Descriptor[] = [];
  for (const { bytes, mediaType = oci.layer, said } of layers) {
    descriptors.push({ ...await shelf.bytes(mediaType, bytes), ...said });
  }
  const diffIds = await Promise.all(
    layers.map(({ bytes, diffId }) => diffId ?? digestOf(bytes)),
  );
  const image = await shelf.json(oci.config, {
    ...{ os: "linux", architecture: "amd64" },
    rootfs: { type: "layers", diff_ids: diffIds },
    ...config,
  });
  const { manifest: mediaType } = oci;
  const manifest = { schemaVersion: 2, mediaType, config: image };
  return await shelf.json(mediaType, { ...manifest, layers: descriptors }, "");
}

/** What is said of one image with one layer. */
export async function reportOf(
  layer: StoredLayer,
  config?: Readonly<Record<string, unknown>>,
) {
  const shelf = new Shelf();
  await hold(shelf, [layer], config);
  const { problems, warnings, skipped } = await verify(shelf);
  const lines = (found: typeof problems) =>
    found.map(({ what, why }) => `${what}: ${why}`);
  return {
    problems: lines(problems),
    warnings: lines(warnings),
    skipped: lines(skipped),
  };
}
