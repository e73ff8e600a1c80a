import type { Descriptor } from "../../spec/descriptor.ts";
import type { Repository } from "../repository.ts";
import { askHead } from "./ask_head.ts";

/**
 * Whether a repository has a blob. Where the answer says neither yes nor no,
 * and where it says that something else is there, it counts as missing: sending
 * it again is always right.
 *
 * @throws {RegistryError} Where the registry lets us do nothing at all.
 * @throws {ScratchbuildError} Code `NETWORK` or `ABORTED`.
 */
export async function hasBlob(
  repository: Repository,
  { digest, size }: Descriptor,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const url = new URL(`blobs/${digest}`, repository.url);
  const { ok, headers } = await askHead(repository, url, {}, signal);
  const length = headers.get("content-length");
  const found = headers.get("docker-content-digest");
  const [algorithm = ""] = digest.split(":", 1);
  if (found !== null && found !== digest && found.startsWith(`${algorithm}:`)) {
    return false;
  }
  // A web server that answers 200 to everything says neither.
  return ok && (length === null ? found === digest : Number(length) === size);
}
