import { lstatSync, realpathSync } from "node:fs";
import { type ByteSource, chunksOf, streamOf } from "../bytes/byte_source.ts";
import { checkCompression } from "../compression/compress.ts";
import type { CreatedLayer } from "../image/container_image.ts";
import type { LayerOptions } from "../image/create_layer.ts";
import type { TarLayerOptions } from "../image/create_layer_from_tar.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import { RECORD_SIZE } from "../tar/header.ts";
import { LayerError } from "../tar/layer_error.ts";
import { TarError } from "../tar/read/tar_error.ts";
import type { GuardSecretsOptions } from "../tree/secrets/guard_secrets.ts";
import { SecretScan } from "../tree/secrets/secret_scan.ts";
import { createLayerFromTar } from "./create_layer.ts";
import { fileSource } from "./directory/file_source.ts";
import { readError } from "./read_error.ts";

/**
 * Makes a layer of a tar on disk. The file is open only while it is read, and
 * must be the same, with the same time, from the first reading to the last.
 *
 * @param path The tar. Where it is a symbolic link, what it leads to.
 * @param secrets Looks out for secrets.
 * @throws {ScratchbuildError} As `createLayerFromTar`, with the path in every
 * message about it.
 */
export async function layerFromTarFile(
  path: string,
  options: LayerOptions,
  secrets: GuardSecretsOptions | undefined,
): Promise<CreatedLayer> {
  checkCompression(options);
  const onDisk = attempt(path, () => realpathSync(path));
  try {
    return await createLayerFromTar(
      tarFile(onDisk),
      secrets ? withSecrets(options, secrets) : options,
    );
  } catch (error) {
    throw tarFileError(path, onDisk, error);
  }
}

function withSecrets(
  options: LayerOptions,
  secrets: GuardSecretsOptions,
): TarLayerOptions {
  const scan = new SecretScan(secrets);
  return {
    ...options,
    // Nothing leaves the machine before it is known what is in it.
    onKept: undefined,
    onEntry: async ({ type, path, body }) => {
      if (type !== "other") await scan.look({ type, path }, () => body);
    },
    onArranged: (entries) => {
      if (scan.findings.length > 0) secrets.report(scan.findings);
      options.onArranged?.(entries);
    },
  };
}

function tarFile(path: string): ByteSource {
  const { dev, ino, size, mtimeMs } = attempt(path, () => lstatSync(path));
  const source = fileSource(path, { dev, ino, size });
  const check = () => {
    if (attempt(path, () => lstatSync(path)).mtimeMs === mtimeMs) return;
    throw new LayerError(path, "it was changed while it was packed");
  };
  async function* chunks() {
    check();
    yield* chunksOf(source);
    check();
  }
  return { size, chunks, stream: () => streamOf(chunks()) };
}

/** Says which tar it was. */
function tarFileError(path: string, onDisk: string, error: unknown): unknown {
  if (!(error instanceof ScratchbuildError)) return error;
  const { code, message } = error;
  if (error instanceof LayerError) {
    if (error.path === onDisk) return error;
    const why = message.replace(/^Cannot pack /, "");
    return new LayerError(path, `its entry ${why}`, error);
  }
  if (code !== "TAR" && code !== "COMPRESSION") return error;
  const why = message.replace(/^Cannot (?:read the tar|decompress): /, "") +
    (isNoTar(error)
      ? "; what is to be packed as a file needs another name"
      : "");
  return new ScratchbuildError(`Cannot pack ${printable(path)}: ${why}`, {
    code,
    cause: error,
  });
}

/** Whether not even the first header can be read. */
function isNoTar(error: ScratchbuildError): boolean {
  return error instanceof TarError && error.offset < RECORD_SIZE;
}

function attempt<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw readError(path, error);
  }
}
