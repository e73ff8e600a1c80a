import { digestOf } from "../../src/bytes/sha256.ts";
import { createLayer } from "../../src/image/create_layer.ts";
import type { LayerOptions } from "../../src/image/create_layer.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Image } from "../../src/spec/image.ts";
import type { Manifest } from "../../src/spec/manifest.ts";
import { type ImageFormat, mediaTypes } from "../../src/spec/media_types.ts";
import type { Entry } from "../../src/tar/entry.ts";
import type { FakeRegistry } from "./fake_registry.ts";

/** An image to put into a repository. */
export interface StoredImage {
  /** What its layers hold, bottom-most first. */
  readonly layers: readonly (readonly Entry[])[];
  /** How they are made. */
  readonly layerOptions?: LayerOptions;
  /** Members of the configuration beside those of linux/amd64. */
  readonly config?: Partial<Image>;
  /** Members of the manifest. */
  readonly manifest?: Partial<Manifest>;
  readonly format?: ImageFormat;
  readonly tag?: string;
}

/** A repository of a fake registry, and what is put into it. */
export class FilledRepository {
  readonly #fake: FakeRegistry;
  readonly #repository: string;

  constructor(fake: FakeRegistry, repository: string) {
    this.#fake = fake;
    this.#repository = repository;
  }

  /** Puts a blob there: bytes, a text, or a document. */
  async blob(mediaType: string, content: unknown): Promise<Descriptor> {
    const bytes = bytesOf(content);
    const digest = await digestOf(bytes);
    this.#fake.blobs.set(`${this.#repository}@${digest}`, bytes);
    return { mediaType, digest, size: bytes.byteLength };
  }

  /** Puts a manifest or an index there. */
  async manifest(
    mediaType: string,
    content: unknown,
    tag?: string,
  ): Promise<Descriptor> {
    const bytes = bytesOf(content);
    const digest = await digestOf(bytes);
    const name = `${this.#repository}@${digest}`;
    this.#fake.manifests.set(name, { mediaType, bytes });
    if (tag !== undefined) {
      this.#fake.tags.set(`${this.#repository}:${tag}`, digest);
    }
    return { mediaType, digest, size: bytes.byteLength };
  }

  /** Puts an index there. */
  index(
    manifests: readonly Descriptor[],
    { tag, ...members }: { tag?: string; annotations?: object } = {},
  ): Promise<Descriptor> {
    const mediaType = mediaTypes.oci.index;
    const index = { schemaVersion: 2, mediaType, ...members, manifests };
    return this.manifest(mediaType, index, tag);
  }

  /** Puts an image there, with its layers. */
  async image(image: StoredImage): Promise<Descriptor> {
    const types = mediaTypes[image.format ?? "oci"];
    const layers: Descriptor[] = [];
    const diffIds: string[] = [];
    for (const entries of image.layers) {
      const layer = await createLayer(entries, image.layerOptions);
      const bytes = new Uint8Array(
        await new Response(layer.stream()).arrayBuffer(),
      );
      const { encoding } = layer;
      const mediaType = encoding === "none"
        ? types.layer
        : encoding === "zstd"
        ? types.layerZstd ?? ""
        : types.layerGzip;
      layers.push(await this.blob(mediaType, bytes));
      diffIds.push(layer.diffId);
    }
    const config = await this.blob(types.config, {
      os: "linux",
      architecture: "amd64",
      rootfs: { type: "layers", diff_ids: diffIds },
      ...image.config,
    });
    return await this.manifest(types.manifest, {
      schemaVersion: 2,
      mediaType: types.manifest,
      config,
      layers,
      ...image.manifest,
    }, image.tag);
  }
}

function bytesOf(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(
    typeof content === "string" ? content : JSON.stringify(content),
  );
}
