import { contentsOf, type Publishable } from "../image/publishable.ts";
import type { Digest } from "../spec/digest.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import type { ImageSource } from "../target/image_source.ts";
import {
  readPublishable,
  type ReadPublishableOptions,
} from "./read_publishable.ts";

/** More than anybody signs an image, and few enough to be held in memory. */
const MOST = 1000;

/**
 * Reads what refers to something that was read, and to all that is in it:
 * signatures, attestations, and what refers to these.
 *
 * @returns Each once, behind what it refers to.
 * @throws {ScratchbuildError} Code `IMAGE` where there are more than can be
 * held; what the source fails with.
 */
export async function readReferrers(
  source: ImageSource,
  image: Publishable,
  options: Pick<ReadPublishableOptions, "foreignLayers" | "signal"> = {},
): Promise<Publishable[]> {
  const { signal } = options;
  const referrers: Publishable[] = [];
  const known = new Set<Digest>();
  const subjects: Digest[] = [];
  const take = (image: Publishable) => {
    for (const { descriptor: { digest } } of contentsOf(image).documents) {
      if (!known.has(digest)) subjects.push(digest);
      known.add(digest);
    }
  };
  take(image);
  // The list grows while it is gone through.
  for (const subject of subjects) {
    for await (const descriptor of listed(source, subject, signal)) {
      if (known.has(descriptor.digest)) continue;
      if (referrers.length === MOST) {
        throw new ScratchbuildError(
          `Cannot copy what refers to ${printable(source.name)}@` +
            `${image.manifest.descriptor.digest}: it is more than ${MOST} ` +
            "manifests",
          { code: "IMAGE" },
        );
      }
      const { mediaType, digest, size } = descriptor;
      const referrer = await readPublishable(source, {
        ...options,
        descriptor: { mediaType, digest, size },
      });
      referrers.push(referrer);
      take(referrer);
    }
  }
  return referrers;
}

function listed(
  source: ImageSource,
  subject: Digest,
  signal: AbortSignal | undefined,
) {
  return source.referrers?.(subject, { signal }) ?? [];
}
