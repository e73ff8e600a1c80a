import { type ByteSource, streamOf } from "../../src/bytes/byte_source.ts";
import { DigestMismatchError } from "../../src/bytes/digest_mismatch_error.ts";
import { verified } from "../../src/bytes/verified.ts";
import { digestOf } from "../../src/bytes/sha256.ts";
import type { ManifestDocument } from "../../src/image/document.ts";
import { contentsOf, type Publishable } from "../../src/image/publishable.ts";
import { canonicalJson } from "../../src/spec/canonical_json.ts";
import { checkManifest } from "../../src/spec/check_manifest.ts";
import type { Descriptor } from "../../src/spec/descriptor.ts";
import type { Digest } from "../../src/spec/digest.ts";
import { ScratchbuildError } from "../../src/spec/error.ts";
import { mediaTypes } from "../../src/spec/media_types.ts";
import { readWhole } from "../../src/bytes/read_whole.ts";
import type { ImageSource } from "../../src/target/image_source.ts";
import type {
  ImageTarget,
  WriteOptions,
} from "../../src/target/image_target.ts";

/** Something that was written to a {@linkcode Shelf}. */
export interface Written {
  readonly image: Publishable;
  readonly options: WriteOptions;
}

/** A place in memory that holds what it was given, also what is wrong, with what it holds and what was read there. */
export class Shelf implements ImageSource, ImageTarget {
  readonly name = "shelf";
  /** Everything, by digest. */
  readonly contents = new Map<Digest, Uint8Array>();
  /** What is named. The empty name is what is meant where none is said. */
  readonly names = new Map<string, Descriptor>();
  /** What refers to a manifest. */
  readonly subjects = new Map<Digest, Descriptor[]>();
  /** What was written, in its order. */
  readonly written: Written[] = [];
  /** Digests of the blobs and documents that were read, in their order. */
  readonly reads: Digest[] = [];

  manifest(
    name = "",
    { mediaType }: { mediaType?: string } = {},
  ): Promise<ManifestDocument> {
    const named = this.names.get(name);
    const digest = named?.digest ?? name as Digest;
    const bytes = this.#get(digest);
    const type = named?.mediaType ?? mediaType;
    const checked = checkManifest(bytes, {
      ...(type !== undefined && { mediaType: type }),
      refuse: (why) =>
        new ScratchbuildError(`Cannot read shelf@${digest}: ${why}`, {
          code: "ARCHIVE",
        }),
    });
    const descriptor = {
      mediaType: checked.mediaType,
      digest,
      size: bytes.byteLength,
    };
    return Promise.resolve(
      checked.kind === "index"
        ? { kind: "index", descriptor, bytes, value: checked.value }
        : { kind: "manifest", descriptor, bytes, value: checked.value },
    );
  }

  document({ digest }: Descriptor): Promise<Uint8Array> {
    return new Promise((resolve) => resolve(this.#get(digest)));
  }

  blob({ digest, size }: Descriptor): ByteSource {
    const chunks = () => {
      const read = async function* (bytes: Uint8Array) {
        yield await Promise.resolve(bytes.subarray(0, 700));
        yield bytes.subarray(700);
      };
      return verified(read(this.#get(digest)), {
        size,
        digest,
        algorithm: "sha256",
        refuse: (why, actual) =>
          actual
            ? new DigestMismatchError(`Cannot read shelf: ${why}`, {
              expected: digest,
              actual,
            })
            : new ScratchbuildError(`Cannot read shelf@${digest}: ${why}`, {
              code: "ARCHIVE",
            }),
      });
    };
    return { size, chunks, stream: () => streamOf(chunks()) };
  }

  async *referrers(digest: Digest): AsyncGenerator<Descriptor> {
    yield* await Promise.resolve(this.subjects.get(digest) ?? []);
  }

  async write(image: Publishable, options: WriteOptions = {}): Promise<void> {
    this.written.push({ image, options });
    await this.hold(image);
  }

  /** Takes something in, and gives it a name. */
  async hold(image: Publishable, name?: string): Promise<Descriptor> {
    const { blobs, documents } = contentsOf(image);
    for (const { descriptor, source } of blobs) {
      this.contents.set(descriptor.digest, await readWhole(source));
    }
    for (const { descriptor, bytes } of documents) {
      this.contents.set(descriptor.digest, bytes);
    }
    const { descriptor } = image.manifest;
    if (name !== undefined) this.names.set(name, descriptor);
    return descriptor;
  }

  /** Takes a document in. */
  async json(
    mediaType: string,
    value: unknown,
    name?: string,
  ): Promise<Descriptor> {
    return await this.bytes(mediaType, canonicalJson(value), name);
  }

  /** Takes bytes in. */
  async bytes(
    mediaType: string,
    bytes: Uint8Array,
    name?: string,
  ): Promise<Descriptor> {
    const digest = await digestOf(bytes);
    this.contents.set(digest, bytes);
    const descriptor = { mediaType, digest, size: bytes.byteLength };
    if (name !== undefined) this.names.set(name, descriptor);
    return descriptor;
  }

  /** Takes an index in. */
  index(manifests: readonly Descriptor[], name?: string): Promise<Descriptor> {
    const mediaType = mediaTypes.oci.index;
    const value = { schemaVersion: 2, mediaType, manifests };
    return this.json(mediaType, value, name);
  }

  /** Takes an artifact in, which may refer to something. */
  async artifact(text: string, subject?: Descriptor): Promise<Descriptor> {
    const bytes = new TextEncoder().encode(text);
    const layer = await this.bytes("text/plain", bytes);
    const config = await this.json("application/vnd.oci.empty.v1+json", {});
    const mediaType = mediaTypes.oci.manifest;
    const descriptor = await this.json(mediaType, {
      schemaVersion: 2,
      mediaType,
      artifactType: "application/vnd.example",
      config,
      layers: [layer],
      ...(subject && { subject }),
    });
    if (subject) {
      const list = this.subjects.get(subject.digest) ?? [];
      this.subjects.set(subject.digest, [...list, descriptor]);
    }
    return descriptor;
  }

  #get(digest: Digest): Uint8Array {
    const bytes = this.contents.get(digest);
    this.reads.push(digest);
    if (bytes) return bytes;
    throw new ScratchbuildError(`Cannot read shelf: it lacks ${digest}`, {
      code: "ARCHIVE",
    });
  }
}
