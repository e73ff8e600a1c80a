import { parseReference, type Reference } from "../registry/reference.ts";
import { ScratchbuildError } from "../spec/error.ts";

/** A place of images, as {@linkcode parseLocation} reads it. */
export type Location =
  | { readonly kind: "registry"; readonly reference: Reference }
  | { readonly kind: "oci"; readonly path: string; readonly tag?: string }
  | {
    readonly kind: "oci-archive";
    readonly path: string;
    readonly tag?: string;
  }
  | {
    readonly kind: "docker-archive";
    readonly path: string;
    readonly reference?: Reference;
  }
  | { readonly kind: "tar"; readonly path: string }
  | { readonly kind: "stdout" };

/**
 * What `org.opencontainers.image.ref.name` takes.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys}
 */
const REF_NAME =
  /^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$/;

/** A tar, compressed or not. Only what is read may be compressed. */
const BARE_TAR = /\.(?:tar|tgz|tar\.gz|tar\.zst)$/i;

/** Options of {@linkcode parseLocation}. */
export interface ParseLocationOptions {
  /**
   * Whether paths may begin with a drive letter and a colon.
   *
   * @default whether this is Windows
   */
  readonly windows?: boolean;
}

/**
 * Reads a location, which is spelled as skopeo spells it: `oci:DIR[:TAG]`,
 * `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:REFERENCE]`, a bare
 * `FILE.tar` (to read from also `.tar.gz`, `.tgz` and `.tar.zst`), `-` for
 * standard output or input, or a reference to a registry, with `docker://`
 * before it where wanted.
 *
 * @throws {ScratchbuildError} Code `USAGE` where there is no path.
 * @throws {ReferenceSyntaxError} Where it should be a reference and is none.
 * @see {@link https://github.com/containers/image/blob/main/docs/containers-transports.5.md}
 */
export function parseLocation(
  text: string,
  options: ParseLocationOptions = {},
): Location {
  const { windows = globalThis.process?.platform === "win32" } = options;
  const [, kind, rest = ""] = /^(oci|oci-archive|docker-archive):(.*)$/s
    .exec(text) ?? [];
  if (text === "-") return { kind: "stdout" };
  if (kind === undefined) {
    if (!text.startsWith("docker://")) {
      checkKind(text, windows);
      if (BARE_TAR.test(text)) return { kind: "tar", path: text };
    }
    const reference = parseReference(text.replace(/^docker:\/\//, ""));
    return { kind: "registry", reference };
  }
  const drive = windows && /^[A-Za-z]:[\\/]/.test(rest) ? 2 : 0;
  const colon = rest.indexOf(":", drive);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const name = colon < 0 ? undefined : rest.slice(colon + 1);
  if (path === "" || name === "") {
    throw new ScratchbuildError(
      `Cannot read the location ${JSON.stringify(text)}: ` +
        (path === "" ? "the path is missing" : "a name must follow the colon") +
        `, as in ${kind}:PATH or ${kind}:PATH:NAME`,
      { code: "USAGE" },
    );
  }
  if (name !== undefined && kind !== "docker-archive" && !REF_NAME.test(name)) {
    throw new ScratchbuildError(
      `Cannot use ${JSON.stringify(name)} as a tag: it takes letters and ` +
        "digits, joined by '-', '.', '_', ':', '@', '+' or '/'",
      { code: "USAGE" },
    );
  }
  if (kind === "docker-archive") {
    return name === undefined
      ? { kind, path }
      : { kind, path, reference: parseReference(name) };
  }
  const place = { kind: kind as "oci" | "oci-archive", path };
  return name === undefined ? place : { ...place, tag: name };
}

/** Refuses what would be taken for a reference or a file and is meant otherwise. */
function checkKind(text: string, windows: boolean): void {
  const isTar = BARE_TAR.test(text);
  const drive = windows && /^[A-Za-z]:[\\/]/.test(text);
  const looksLikePath = /^[./~\\]|[/\\]$/.test(text) || drive ||
    /\.(?:tar\.[a-z0-9]+|zip)$/i.test(text);
  const prefixed = isTar && !drive && /^[a-z-]+:/.test(text);
  if (!prefixed && (isTar || !looksLikePath)) return;
  throw new ScratchbuildError(
    `Cannot use the location ${JSON.stringify(text)}: write FILE.tar, ` +
      "oci:DIR, oci-archive:FILE, docker-archive:FILE, - or a reference " +
      "to a registry",
    { code: "USAGE" },
  );
}
