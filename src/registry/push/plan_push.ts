import type { ImageBlob } from "../../image/image_blobs.ts";
import { contentsOf, type Publishable } from "../../image/publishable.ts";
import type { Descriptor } from "../../spec/descriptor.ts";
import type { Digest } from "../../spec/digest.ts";
import { isNonDistributable } from "../../spec/media_types.ts";
import type { WriteOptions } from "../../target/image_target.ts";
import type { PlannedContent } from "../../target/planned_content.ts";
import { discard } from "../http/capped_body.ts";
import { RegistryError } from "../registry_error.ts";
import type { Repository } from "../repository.ts";
import { hasBlob } from "./has_blob.ts";
import { hasManifest } from "./has_manifest.ts";
import { mountSources } from "./mount_blob.ts";
import type { PushImageOptions } from "./push_image.ts";
import { sideBySide } from "../../target/side_by_side.ts";

/**
 * Finds out what `pushImage` would send, by questions alone. Where the first tag
 * names the image already, all of it counts as present.
 *
 * @throws {RegistryError} Where the registry lets us do nothing at all.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 */
export async function planPush(
  repository: Repository,
  image: Publishable,
  options: PushImageOptions & WriteOptions,
): Promise<PlannedContent[]> {
  const { tags = options.defaultTags, signal, foreignLayers } = options;
  const root = image.manifest.descriptor;
  const contents = contentsOf(image);
  const blobs = contents.blobs.filter(({ descriptor }) =>
    foreignLayers || !isNonDistributable(descriptor.mediaType)
  );
  const documents = contents.documents.map(({ descriptor }) => descriptor);
  const isWhole = await hasManifest(
    repository,
    tags[0] ?? root.digest,
    root,
    signal,
  );
  const states = new Map<Digest, PlannedContent["state"]>();
  if (!isWhole) {
    await sideBySide(blobs, async (blob, signal) => {
      const state = await stateOf(repository, blob, { ...options, signal });
      states.set(blob.descriptor.digest, state);
    }, options);
    await sideBySide(documents, async (descriptor, signal) => {
      const { digest } = descriptor;
      const isThere = await hasManifest(
        repository,
        digest,
        descriptor,
        signal,
      );
      states.set(digest, isThere ? "present" : "new");
    }, options);
  }
  const planned = (descriptor: Descriptor): PlannedContent => ({
    descriptor,
    state: states.get(descriptor.digest) ?? "present",
  });
  return [
    ...blobs.map(({ descriptor }) => planned(descriptor)),
    ...documents.map(planned),
  ];
}

async function stateOf(
  repository: Repository,
  blob: ImageBlob,
  { mountFrom, signal }: PushImageOptions & WriteOptions,
): Promise<PlannedContent["state"]> {
  if (await hasBlob(repository, blob.descriptor, signal)) return "present";
  for (const from of mountSources(repository, blob, mountFrom)) {
    if (await hasElsewhere(repository, from, blob, signal)) return "mountable";
  }
  return "new";
}

/** Whether another repository of the registry lets us have a blob. */
async function hasElsewhere(
  { authenticator, url, path }: Repository,
  from: string,
  { descriptor: { digest } }: ImageBlob,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const api = url.href.slice(0, url.href.length - path.length - 1);
  try {
    const { response } = await authenticator.send({
      method: "HEAD",
      url: new URL(`${from}/blobs/${digest}`, api),
      access: "push",
      readsFrom: [from],
      signal,
    });
    await discard(response);
    return response.ok;
  } catch (error) {
    // The token server may refuse what concerns the other repository.
    if (error instanceof RegistryError) return false;
    throw error;
  }
}
