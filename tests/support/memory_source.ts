import { chunksOf } from "../../src/bytes/byte_source.ts";
import type { ManifestDocument } from "../../src/image/document.ts";
import { contentsOf, type Publishable } from "../../src/image/publishable.ts";
import { checkManifest } from "../../src/spec/check_manifest.ts";
import type { ImageSource } from "../../src/target/image_source.ts";
import type { ImageTarget } from "../../src/target/image_target.ts";

/** A place of images in memory: what was written last is what is read. */
export type MemoryPlace = ImageSource & ImageTarget & {
  /** How often each blob was opened. */
  readonly opened: Map<string, number>;
};

/**
 * A place in memory, for tests of what reads and writes.
 *
 * @param members More of it, `fullReference` for example.
 */
export function memoryPlace(
  image?: Publishable,
  members: Partial<ImageSource> = {},
): MemoryPlace {
  let held = image;
  const opened = new Map<string, number>();
  const contents = () => {
    if (held) return contentsOf(held);
    throw new Error("nothing was written");
  };
  return {
    name: "memory",
    opened,
    ...members,
    async write(image) {
      for (const { source } of contentsOf(image).blobs) {
        for await (const _ of chunksOf(source));
      }
      held = image;
    },
    // deno-lint-ignore require-await -- a failure is to be a rejection
    async manifest(name, { mediaType } = {}) {
      const { documents } = contents();
      const found = name === undefined
        ? documents.at(-1)
        : documents.find(({ descriptor }) => descriptor.digest === name);
      if (!found) throw new Error(`there is no ${name}`);
      const { bytes, descriptor } = found;
      const { kind, value } = checkManifest(bytes, {
        mediaType: mediaType ?? descriptor.mediaType,
        refuse: (why) => new Error(why),
      });
      return { kind, bytes, descriptor, value } as ManifestDocument;
    },
    document: ({ digest }) => {
      const found = contents().documents.find(({ descriptor }) =>
        descriptor.digest === digest
      );
      return found
        ? Promise.resolve(found.bytes)
        : Promise.reject(new Error(`there is no ${digest}`));
    },
    blob({ digest }) {
      const found = contents().blobs.find(({ descriptor }) =>
        descriptor.digest === digest
      );
      if (!found) throw new Error(`there is no ${digest}`);
      const count = () => opened.set(digest, (opened.get(digest) ?? 0) + 1);
      return {
        size: found.descriptor.size,
        stream: () => (count(), found.source.stream()),
      };
    },
  };
}
