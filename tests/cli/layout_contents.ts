import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { unpackTar } from "modern-tar";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Image } from "../../src/spec/image.ts";
import type { Index, Manifest } from "../../src/spec/manifest.ts";
import { platformText } from "../../src/spec/platform.ts";
import { assertDocument } from "../support/oci_schemas.ts";

/** An image in a layout, as others see it. */
export interface ImageContents {
  readonly digest: string;
  readonly manifest: Manifest;
  readonly config: Image;
  /** `MODE UID:GID PATH` of each entry of each layer. */
  readonly layers: () => Promise<string[][]>;
}

/** What a layout holds. */
export interface LayoutContents {
  /** Its one root. */
  readonly root: Descriptor;
  /** The root, where it is an index. */
  readonly index?: Index;
  /** The images, by their platforms, in the order of the index. */
  readonly images: ReadonlyMap<string, ImageContents>;
}

/**
 * Reads a layout that holds one image, or one index of images. The documents
 * have to fit the specification's JSON schemas.
 */
export async function layoutContents(
  layout: string,
  tag?: string,
): Promise<LayoutContents> {
  const bytes = (digest = "") =>
    readFile(join(layout, "blobs", ...digest.split(":")));
  const json = async <T>({ digest, mediaType }: Descriptor): Promise<T> => {
    const content = await bytes(digest);
    if (/image\.(?:index|manifest|config)/.test(mediaType)) {
      const [, kind = ""] = /image\.(\w+)/.exec(mediaType) ?? [];
      assertDocument(kind as "index" | "manifest" | "config", content);
    }
    return JSON.parse(content.toString()) as T;
  };
  const { manifests }: Index = JSON.parse(
    await readFile(join(layout, "index.json"), "utf8"),
  );
  const [root = assert.fail(layout)] = manifests.filter(({ annotations }) =>
    tag === undefined ||
    annotations?.["org.opencontainers.image.ref.name"] === tag
  );
  const isIndex = /index|list/.test(root.mediaType);
  const index = isIndex ? await json<Index>(root) : undefined;
  const images = new Map<string, ImageContents>();
  for (const descriptor of index?.manifests ?? [root]) {
    const manifest = await json<Manifest>(descriptor);
    const config = await json<Image>(manifest.config);
    const name = platformText(config);
    if (index) {
      assert.equal(platformText(descriptor.platform ?? config), name);
    }
    images.set(name, {
      digest: descriptor.digest,
      manifest,
      config,
      layers: () =>
        Promise.all(
          manifest.layers.map(async ({ digest }) =>
            await entriesOf(await bytes(digest))
          ),
        ),
    });
  }
  return { root, ...(index && { index }), images };
}

async function entriesOf(layer: Uint8Array): Promise<string[]> {
  const entries = await unpackTar(gunzipSync(layer));
  return entries.map(({ header }) =>
    `${(header.mode ?? 0).toString(8)} ${header.uid}:${header.gid} ` +
    header.name
  );
}
