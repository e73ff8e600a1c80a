import type { TreeEntry } from "../../tar/entry.ts";
import { cleanPath } from "../ignore/clean_path.ts";
import { IgnoreRules } from "../ignore/ignore_rules.ts";
import { parseIgnoreFile } from "../ignore/parse_ignore_file.ts";
import { fileRules } from "./file_rules.ts";
import { secretDirectory } from "./secret_directory.ts";
import type { SecretFinding } from "./secret_finding.ts";

/** How much of a file is read, in bytes. */
const MOST = 65_536;

/** Options of the search for secrets. */
export interface SecretScanOptions {
  /**
   * Patterns of paths that are meant to be in the image, as in a
   * `.dockerignore`. For a directory like `.aws` they must name the directory:
   * it is found as a whole.
   *
   * @default {[]}
   */
  readonly allow?: readonly string[];
}

/**
 * Looks at the entries of a tree for what looks like a secret.
 *
 * Names are compared without case. Links are nothing of their own; a hard link
 * and what cannot be read are judged by their names alone. In `node_modules`
 * and `site-packages` lie files that were published, so keys are not looked for
 * there: they belong to the tests of packages.
 */
export class SecretScan {
  readonly #allowed: IgnoreRules;
  readonly #findings: SecretFinding[] = [];
  readonly #paths = new Set<string>();

  /**
   * A search that has found nothing yet.
   *
   * @param options What is meant to be there.
   * @throws {ScratchbuildError} Code `USAGE` for a pattern that is none.
   */
  constructor({ allow = [] }: SecretScanOptions = {}) {
    this.#allowed = new IgnoreRules(parseIgnoreFile(allow.join("\n")));
  }

  /** What was found so far, in the order of the entries. */
  get findings(): readonly SecretFinding[] {
    return this.#findings;
  }

  /**
   * Looks at one entry. Its content is read only where its name asks for it,
   * and no more than 64 KiB of it.
   *
   * @param entry What it is and where.
   * @param content Opens the content of a file. Without it, the name decides.
   * @throws What reading the content throws.
   */
  async look(
    { path, type }: {
      readonly path: string;
      readonly type: TreeEntry["type"];
    },
    content?: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    const clean = cleanPath(`/${path}`).slice(1);
    const directory = secretDirectory(clean, type === "directory");
    if (directory !== undefined && !this.#allowed.isIgnored(directory.path)) {
      const isItself = directory.path === clean;
      this.#add(directory.path, isItself ? path : directory.path, directory);
      return;
    }
    if (type !== "file" && type !== "hardlink") return;
    const rules = fileRules(clean);
    if (rules.length === 0 || this.#allowed.isIgnored(clean)) return;
    let found = rules.find(({ holds }) => holds === undefined);
    if (found === undefined) {
      const isRead = type === "file" && content !== undefined;
      const text = isRead ? await beginningOf(content()) : undefined;
      found = rules.find(({ holds, isSuspect }) =>
        text === undefined ? isSuspect : holds?.(text)
      );
    }
    if (found !== undefined) this.#add(clean, path, found);
  }

  #add(key: string, path: string, { what }: { readonly what: string }): void {
    if (this.#paths.has(key)) return;
    this.#paths.add(key);
    this.#findings.push({ path, what });
  }
}

/** What a file begins with, read as UTF-8, whatever it is. */
async function beginningOf(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let left = MOST;
  for await (const chunk of content) {
    // Decoded at once, because the memory of a chunk may be used again.
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.byteLength;
    if (left <= 0) break;
  }
  return text;
}
