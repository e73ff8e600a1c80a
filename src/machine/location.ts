import { ImageArchive } from "../archive/image_archive.ts";
import { iterateStream } from "../bytes/byte_source.ts";
import { parseReference, type Reference } from "../registry/reference.ts";
import { ScratchbuildError } from "../spec/error.ts";
import type { ImageTarget } from "../target/image_target.ts";
import { LayoutDirectory } from "./layout_directory.ts";
import { Registry, type RegistryOptions } from "./registry.ts";
import { writeToStdout } from "./stdout.ts";
import { checkFileTarget, writeWhole } from "./write_whole.ts";

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
 * `FILE.tar`, `-` for standard output, or a reference to a registry, with
 * `docker://` before it where wanted.
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
      if (/\.tar$/i.test(text)) return { kind: "tar", path: text };
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
  const isTar = /\.tar$/i.test(text);
  const drive = windows && /^[A-Za-z]:[\\/]/.test(text);
  const looksLikePath = /^[./~\\]/.test(text) || drive ||
    /\.(?:tgz|tar\.[a-z0-9]+|zip)$/i.test(text);
  const prefixed = isTar && !drive && /^[a-z-]+:/.test(text);
  if (!prefixed && (isTar || !looksLikePath)) return;
  throw new ScratchbuildError(
    `Cannot use the location ${JSON.stringify(text)}: write FILE.tar, ` +
      "oci:DIR, oci-archive:FILE, docker-archive:FILE, - or a reference " +
      "to a registry",
    { code: "USAGE" },
  );
}

/**
 * The target at a location. Options that its kind has no use for are ignored.
 *
 * @throws {ScratchbuildError} Code `TARGET` where it is certain by now that
 * nothing can be written there.
 */
export function openTarget(
  location: Location,
  options: RegistryOptions = {},
): ImageTarget {
  const { tags = [] } = options;
  if (location.kind === "registry") {
    return new Registry(location.reference, options);
  }
  if (location.kind === "stdout") {
    const sink = (archive: ReadableStream<Uint8Array>) =>
      writeToStdout(iterateStream(archive));
    return new ImageArchive(sink, { name: "-", tags });
  }
  const { kind, path } = location;
  const name = kind === "tar" ? path : `${kind}:${path}`;
  const allTags = "tag" in location && location.tag !== undefined
    ? [...new Set([location.tag, ...tags])]
    : tags;
  if (kind === "oci") {
    return new LayoutDirectory(path, { name, tags: allTags });
  }
  checkFileTarget(path);
  return new ImageArchive(
    (archive) => writeWhole(path, iterateStream(archive)),
    {
      name,
      tags: allTags,
      ...("reference" in location && location.reference
        ? { references: [location.reference] }
        : {}),
    },
  );
}
