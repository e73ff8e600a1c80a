import process from "node:process";
import { refusalOf } from "../archive/archive_files.ts";
import { DockerArchiveSource } from "../archive/docker_archive_source.ts";
import { ImageArchiveSource } from "../archive/image_archive_source.ts";
import { LayoutSource } from "../archive/layout_source.ts";
import { TarFiles } from "../archive/tar_files.ts";
import { streamOf } from "../bytes/byte_source.ts";
import type { ImageSource } from "../target/image_source.ts";
import { directoryFiles } from "./directory_files.ts";
import { fileBytes } from "./file_bytes.ts";
import { fileSpool } from "./file_spool.ts";
import type { Location } from "./location.ts";
import { Registry, type RegistryOptions } from "./registry.ts";

/** Options of {@linkcode openSource}. */
export interface OpenSourceOptions extends RegistryOptions {
  /**
   * Opens standard input, which is the archive at `-`. It is asked for once, and
   * kept in a temporary file.
   *
   * @default {that of this process}
   */
  readonly stdin?: () => AsyncIterable<Uint8Array>;
}

/**
 * The source at a location. Options that its kind has no use for are ignored.
 * Nothing but the presence of a file is looked at yet. An archive may be
 * compressed, with gzip or zstd, whatever its name.
 *
 * @throws {ScratchbuildError} Code `ARCHIVE` where it is certain by now that
 * nothing can be read there.
 *
 * @example
 * ```ts no-eval
 * import { inspectImage, openSource, parseLocation } from "@x/scratchbuild";
 *
 * const source = openSource(parseLocation("oci-archive:app.tar:1.0"));
 * console.log((await inspectImage(source)).digest);
 * ```
 */
export function openSource(
  location: Location,
  options: OpenSourceOptions = {},
): ImageSource {
  if (location.kind === "registry") {
    return new Registry(location.reference, options);
  }
  if (location.kind === "stdout") {
    const name = "-";
    const { stdin = () => process.stdin } = options;
    const spool = () => fileSpool(streamOf(stdin()));
    return new ImageArchiveSource(new TarFiles(spool, { name }), { name });
  }
  const { kind, path } = location;
  const name = kind === "tar" ? path : `${kind}:${path}`;
  if (kind === "oci") {
    const { tag } = location;
    return new LayoutSource(directoryFiles(path, refusalOf(name)), {
      name,
      ...(tag !== undefined && { tag }),
    });
  }
  const files = new TarFiles(fileBytes(path, refusalOf(name)), { name });
  switch (location.kind) {
    case "oci-archive": {
      const { tag } = location;
      return new LayoutSource(files, {
        name,
        ...(tag !== undefined && { tag }),
      });
    }
    case "docker-archive": {
      const { reference } = location;
      return new DockerArchiveSource(files, {
        name,
        ...(reference && { reference }),
      });
    }
    default:
      return new ImageArchiveSource(files, { name });
  }
}
