import type { TreeEntry } from "../../tar/entry.ts";
import { cleanPath, withoutRoot } from "../ignore/clean_path.ts";
import { IgnoreRules } from "../ignore/ignore_rules.ts";
import { parseIgnoreFile } from "../ignore/parse_ignore_file.ts";
import { fileRules } from "./file_rules.ts";
import { type SecretDirectory, secretDirectory } from "./secret_directory.ts";
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
  /**
   * Path below which the entries come to lie, for telling what files are in it:
   * in `node_modules` or in `.docker`, for example. It is not part of what is
   * found and allowed.
   *
   * @default {"/"}
   */
  readonly prefix?: string;
  /**
   * Where the entries come from: a directory, with a `/` at its end, or the
   * single file that is the only entry. A file is told by this path too, so that
   * one of `.docker` is one when it is packed alone. It is not part of what is
   * found and allowed.
   *
   * @default {""}, nowhere
   */
  readonly origin?: string;
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
  /** With a `/` at its end, which may be all of it. */
  readonly #prefix: string;
  readonly #origin: string;
  /** What all files are that are found, because of the directory around them. */
  readonly #around: string | undefined;
  readonly #findings: SecretFinding[] = [];
  readonly #paths = new Set<string>();

  /**
   * A search that has found nothing yet.
   *
   * @param options What is meant to be there.
   * @throws {ScratchbuildError} Code `USAGE` for a pattern that is none.
   */
  constructor(
    { allow = [], prefix = "/", origin = "" }: SecretScanOptions = {},
  ) {
    this.#allowed = new IgnoreRules(parseIgnoreFile(allow.join("\n")));
    this.#prefix = cleanPath(`/${prefix}/`).slice(1) + "/";
    // What lies further up says little, and differs from one checkout to the
    // next: the directory, the one that it is in, and the name of a file.
    this.#origin = origin.split("/").slice(-3).join("/");
    this.#around = (secretDirectory(this.#prefix.slice(0, -1), true) ??
      directoryItself(this.#origin.replace(/\/?[^/]*$/, "")))?.what;
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
    const clean = withoutRoot(cleanPath(path));
    const directory = secretDirectory(clean, type === "directory");
    if (directory !== undefined && !this.#allowed.isIgnored(directory.path)) {
      const isItself = directory.path === clean;
      this.#add(directory.path, isItself ? path : directory.path, directory);
      return;
    }
    if (type !== "file" && type !== "hardlink") return;
    if (this.#around !== undefined) {
      if (!this.#allowed.isIgnored(clean)) {
        this.#add(clean, path, { what: this.#around });
      }
      return;
    }
    const isFile = !this.#origin.endsWith("/");
    const origin = isFile ? this.#origin : this.#origin + clean;
    const rules = fileRules(this.#prefix + clean, origin);
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

/** A directory that is one itself, and not only lies in one. */
function directoryItself(path: string): SecretDirectory | undefined {
  const found = secretDirectory(path, true);
  return found?.path === path ? found : undefined;
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
