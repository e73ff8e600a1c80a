import type { Publishable } from "../image/publishable.ts";
import type { Digest } from "../spec/digest.ts";
import { publishablePlatforms, publishableSize } from "./publishable_names.ts";

/** Something that was copied or joined, in the JSON document of `--json`. */
export interface TransferResult {
  /** Where it is, without tag and digest. */
  readonly name: string;
  /** Digest of the manifest or the index. */
  readonly digest: Digest;
  /** Media type of the manifest or the index. */
  readonly mediaType: string;
  /** Bytes of all that belongs to it, each blob once. */
  readonly size: number;
  /** What it runs on, where that is known: `linux/arm/v7`. */
  readonly platforms: readonly string[];
  /** The tags by which the place knows it. */
  readonly tags: readonly string[];
  /** Digests of what refers to it and was copied as well. */
  readonly referrers: readonly Digest[];
}

/** The JSON document of `--json` of `copy` and `index create`. */
export interface TransferDocument {
  /** Changes when a program that reads the document would have to. */
  readonly version: 1;
  /** One for each image, in the order of the command. */
  readonly images: readonly TransferResult[];
}

/** What there is to say about something that was written. */
export function transferResult(
  image: Publishable,
  name: string,
  tags: readonly string[],
  referrers: readonly Publishable[] = [],
): TransferResult {
  const { digest, mediaType } = image.manifest.descriptor;
  return {
    name,
    digest,
    mediaType,
    size: publishableSize(image),
    platforms: publishablePlatforms(image),
    tags,
    referrers: referrers.map(({ manifest }) => manifest.descriptor.digest),
  };
}
