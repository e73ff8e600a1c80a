import { ImageArchive } from "../archive/image_archive.ts";
import { iterateStream } from "../bytes/byte_source.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import type { ImageTarget } from "../target/image_target.ts";
import { LayoutDirectory } from "./layout_directory.ts";
import type { Location } from "./location.ts";
import { Registry, type RegistryOptions } from "./registry.ts";
import { writeToStdout } from "./stdout.ts";
import { checkFileTarget, writeWhole } from "./write_whole.ts";

/**
 * The target at a location. Options that its kind has no use for are ignored.
 *
 * @throws {ScratchbuildError} Code `TARGET` where it is certain by now that
 * nothing can be written there, code `USAGE` for an archive with the name of a
 * compressed one.
 *
 * @example
 * ```ts no-eval
 * import { copy, openSource, openTarget, parseLocation } from "@x/scratchbuild";
 *
 * const source = openSource(parseLocation("debian:12"));
 * await copy(source, openTarget(parseLocation("oci:mirror:12")));
 * ```
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
  if (kind === "tar" && !/\.tar$/i.test(path)) {
    throw new ScratchbuildError(
      `Cannot write ${
        printable(path)
      }: archives are not compressed as a whole, ` +
        "for their layers are; write FILE.tar, oci:DIR, oci-archive:FILE, " +
        "docker-archive:FILE, - or a reference to a registry",
      { code: "USAGE" },
    );
  }
  checkFileTarget(path);
  return new ImageArchive(
    (archive) => writeWhole(path, iterateStream(archive)),
    {
      name,
      tags: allTags,
      forDocker: kind === "docker-archive",
      ...("reference" in location && location.reference
        ? { references: [location.reference] }
        : {}),
    },
  );
}
