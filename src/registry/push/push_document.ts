import type { Document } from "../../image/document.ts";
import type { Contents } from "../../image/publishable.ts";
import type { Digest } from "../../spec/digest.ts";
import type { Index, Manifest } from "../../spec/manifest.ts";
import type { Progress } from "../../target/progress.ts";
import { RegistryError } from "../registry_error.ts";
import type { Repository } from "../repository.ts";
import { hasManifest } from "./has_manifest.ts";
import { pause } from "./pause.ts";
import { pushBlobs, type PushBlobsOptions } from "./push_blobs.ts";
import { putManifest } from "./put_manifest.ts";

/** How a manifest or an index is pushed. */
export interface PushDocumentOptions extends PushBlobsOptions {
  /** All that there is to give to a registry that lacks something. */
  readonly contents: Contents;
  /**
   * The tags that are to name it, or its digest.
   *
   * @default its digest
   */
  readonly names?: readonly string[];
  /** Gets the digests of what the registry lists as a referrer by itself. */
  readonly listed: Set<Digest>;
}

/** How often one is sent of which the registry says that it lacks a part. */
const ATTEMPTS = 5;

/**
 * Pushes a manifest or an index whose parts are there.
 *
 * @throws {RegistryError} Where the registry refuses.
 * @throws {DigestMismatchError} Where it says that it got something else.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 */
export async function pushDocument(
  repository: Repository,
  document: Document<Manifest | Index>,
  options: PushDocumentOptions,
): Promise<void> {
  const { descriptor } = document;
  const { names = [descriptor.digest], onProgress } = options;
  onProgress?.({ descriptor, state: "start", bytes: 0 });
  for (const name of names) {
    await putUntilKnown(repository, name, document, options);
  }
  onProgress?.({ descriptor, state: "done", bytes: descriptor.size });
}

/**
 * Puts it. Where the registry says that it lacks a part, it may not know yet
 * that it has it, or have lost it; it is given time, and what it lacks.
 */
async function putUntilKnown(
  repository: Repository,
  name: string,
  document: Document<Manifest | Index>,
  options: PushDocumentOptions,
): Promise<void> {
  const { signal } = options;
  for (let failures = 1;; failures++) {
    const outcome = await putManifest(repository, name, document, signal);
    if (!(outcome instanceof RegistryError)) {
      const { digest } = document.descriptor;
      if (outcome.has("oci-subject")) options.listed.add(digest);
      return;
    }
    if (!lacksPart(outcome, document) || failures === ATTEMPTS) throw outcome;
    await pause(repository, { ...options, failures });
    // It has just said that it has them; some need time to hear of it.
    if (failures > 1) await givePartsOf(document, outcome, failures);
  }

  /** Gives what is missing, and what is said to be although it is not. */
  async function givePartsOf(
    { value }: Document<Manifest | Index>,
    { errors }: RegistryError,
    failures: number,
  ): Promise<void> {
    const digests = namedBy(value);
    const words = JSON.stringify(errors);
    const isPart = ({ descriptor }: Pick<Progress, "descriptor">) =>
      digests.has(descriptor.digest);
    // Those that it names are sent once more, whatever it says else.
    const isNamed = ({ descriptor }: Pick<Progress, "descriptor">) =>
      failures > 2 && words.includes(descriptor.digest);
    const blobs = options.contents.blobs.filter(isPart);
    const onProgress = unlessPresent(options.onProgress);
    await pushBlobs(repository, blobs, { ...options, onProgress });
    const named = blobs.filter(isNamed);
    await pushBlobs(repository, named, { ...options, asksFirst: false });
    for (const child of options.contents.documents.filter(isPart)) {
      const { descriptor } = child;
      const { digest } = descriptor;
      const isThere = !isNamed(child) &&
        await hasManifest(repository, digest, descriptor, signal);
      if (!isThere) await putUntilKnown(repository, digest, child, options);
    }
  }
}

/** The digests of what a manifest or an index names. */
function namedBy(value: Manifest | Index): ReadonlySet<Digest> {
  const parts = "manifests" in value
    ? value.manifests
    : [value.config, ...value.layers];
  return new Set(parts.map(({ digest }) => digest));
}

function lacksPart(
  { errors }: RegistryError,
  { value }: Document<Manifest | Index>,
): boolean {
  return errors.some(({ code }) =>
    code === "MANIFEST_BLOB_UNKNOWN" || code === "BLOB_UNKNOWN" ||
    (code === "MANIFEST_UNKNOWN" && "manifests" in value)
  );
}

/** What was told of a blob before is not told again. */
function unlessPresent(
  onProgress: ((progress: Progress) => void) | undefined,
): ((progress: Progress) => void) | undefined {
  return onProgress &&
    ((progress) => {
      if (progress.state !== "present") onProgress(progress);
    });
}
