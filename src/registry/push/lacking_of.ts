import { isIndex, type Publishable } from "../../image/publishable.ts";
import type { Digest } from "../../spec/digest.ts";
import {
  sideBySide,
  type SideBySideOptions,
} from "../../target/side_by_side.ts";
import type { WriteOptions } from "../../target/image_target.ts";
import type { Repository } from "../repository.ts";
import { hasManifest } from "./has_manifest.ts";

/**
 * What has to be pushed of an image or an index: left out is what a repository
 * has of what an index names, with all that it names in turn.
 *
 * @throws {RegistryError} Where the registry lets us do nothing at all.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 */
export async function lackingOf(
  repository: Repository,
  image: Publishable,
  options: SideBySideOptions & Pick<WriteOptions, "onProgress">,
): Promise<Publishable> {
  const known = new Map<Digest, boolean>();
  // Indexes that name the same ones over and over would take forever.
  const done = new Map<Digest, Publishable>();
  return await lackingIn(image);

  async function lackingIn(image: Publishable): Promise<Publishable> {
    if (!isIndex(image)) return image;
    const own = image.manifest.descriptor.digest;
    const before = done.get(own);
    if (before) return before;
    const asked = new Map(
      image.images.map(({ manifest: { descriptor } }) =>
        [descriptor.digest, descriptor] as const
      ),
    );
    for (const digest of known.keys()) asked.delete(digest);
    await sideBySide([...asked.values()], async (descriptor, signal) => {
      const { digest } = descriptor;
      const isThere = await hasManifest(repository, digest, descriptor, signal);
      known.set(digest, isThere);
      if (!isThere) return;
      options.onProgress?.({ descriptor, state: "present", bytes: 0 });
    }, options);
    const images: Publishable[] = [];
    for (const child of image.images) {
      if (known.get(child.manifest.descriptor.digest)) continue;
      images.push(await lackingIn(child));
    }
    const lacking = { ...image, images };
    done.set(own, lacking);
    return lacking;
  }
}
