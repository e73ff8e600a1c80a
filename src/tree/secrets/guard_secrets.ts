import { chunksOf } from "../../bytes/byte_source.ts";
import type { Entry, FileEntry } from "../../tar/entry.ts";
import { isSource } from "../../tar/file_content.ts";
import type { SecretFinding } from "./secret_finding.ts";
import { SecretScan, type SecretScanOptions } from "./secret_scan.ts";

/** Options of {@linkcode guardSecrets}. */
export interface GuardSecretsOptions extends SecretScanOptions {
  /**
   * Is called once after the last entry, where something was found. What it
   * throws stops the making of the layer, before anything is packed.
   */
  readonly report: (findings: readonly SecretFinding[]) => void;
}

/**
 * Passes entries on and looks out for those that hold secrets: `.env` files,
 * private keys, `.npmrc` with a token, `.git/` and the like. A body that is a
 * stream is left alone, because it can be read once only.
 *
 * @throws {ScratchbuildError} Code `USAGE` for a pattern that is none.
 */
export async function* guardSecrets(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  options: GuardSecretsOptions,
): AsyncGenerator<Entry, void, undefined> {
  const scan = new SecretScan(options);
  for await (const entry of entries) {
    // Something broken, which packing refuses with a better message.
    if (typeof entry?.path === "string") await lookAt(entry, scan);
    yield entry;
  }
  if (scan.findings.length > 0) options.report(scan.findings);
}

async function lookAt(entry: Entry, scan: SecretScan): Promise<void> {
  const { path, type } = entry;
  if (type === "whiteout" || type === "opaque") return;
  const content = type === "file" ? contentOf(entry) : undefined;
  await scan.look({ path, type }, content && (() => readable(content)));
}

/** What opens the content of a file, unless it can be read once only. */
function contentOf(
  { body }: FileEntry,
): (() => Iterable<Uint8Array> | AsyncIterable<Uint8Array>) | undefined {
  if (typeof body === "string") return () => [new TextEncoder().encode(body)];
  if (body instanceof Uint8Array) return () => [body];
  return isSource(body) ? () => chunksOf(body) : undefined;
}

/** A content up to where reading it fails, which packing will tell of. */
async function* readable(
  content: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of content()) yield chunk;
  } catch {
    return;
  }
}
