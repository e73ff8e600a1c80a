import type { ImageBlob } from "../../image/image_blobs.ts";
import { registryHost } from "../endpoint.ts";
import { discard } from "../http/capped_body.ts";
import type { Answer } from "../http/transport.ts";
import { RegistryError } from "../registry_error.ts";
import type { Repository } from "../repository.ts";
import type { BlobUpload } from "./blob_upload.ts";
import { cancelSession } from "./cancel_session.ts";
import { sessionOf } from "./open_session.ts";
import { isNetworkError } from "./setback.ts";
import type { UploadSession } from "./upload_session.ts";

/**
 * Asks the registry to take a blob from one of its other repositories. That it
 * does not is never an error: the blob is uploaded then.
 *
 * @returns `mounted`, or the upload that the registry has begun instead, if it
 * has.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository}
 */
export async function mountBlob(
  upload: BlobUpload,
): Promise<UploadSession | "mounted" | undefined> {
  const { memory } = upload;
  let begun: UploadSession | undefined;
  const drop = async () => {
    if (begun) await cancelSession(upload, begun);
    begun = undefined;
  };
  try {
    const { repository, blob, options: { mountFrom } } = upload;
    for (const from of mountSources(repository, blob, mountFrom)) {
      if (memory.unmountable.has(from)) continue;
      const answer = await askToMount(upload, from);
      // 202 tells nothing: it may lack the blob, or may not let us read there.
      if (answer?.response.status === 202) {
        await drop();
        if (!answer.response.headers.has("location")) continue;
        begun = sessionOf(upload, answer);
      } else if (answer?.response.status === 201) {
        await drop();
        return "mounted";
      } else memory.unmountable.add(from);
    }
    return begun;
  } catch (error) {
    await drop();
    throw error;
  }
}

/** Repositories that may have the blob: first of all where it comes from. */
export function mountSources(
  repository: Repository,
  { origin }: Pick<ImageBlob, "origin">,
  mountFrom: readonly string[] = [],
): ReadonlySet<string> {
  const isNear = origin &&
    registryHost(origin.registry) === registryHost(repository.registry);
  const sources = new Set(
    isNear ? [origin.repository, ...mountFrom] : mountFrom,
  );
  // There it has just been asked for.
  sources.delete(repository.path);
  return sources;
}

async function askToMount(
  { repository, blob, options: { signal } }: BlobUpload,
  from: string,
): Promise<Answer | undefined> {
  const url = new URL("blobs/uploads/", repository.url);
  url.searchParams.set("mount", blob.descriptor.digest);
  // Without it Quay fails, and others mount from wherever they please.
  url.searchParams.set("from", from);
  try {
    const answer = await repository.authenticator.send({
      method: "POST",
      url,
      headers: { "content-length": "0" },
      access: "push",
      readsFrom: [from],
      retry: false,
      signal,
    });
    await discard(answer.response);
    return answer;
  } catch (error) {
    // The token server may refuse what concerns the other repository.
    if (error instanceof RegistryError || isNetworkError(error)) {
      return undefined;
    }
    throw error;
  }
}
