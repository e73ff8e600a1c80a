import { writeToStdout } from "../../machine/stdout.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import type { ImageSource } from "../../target/image_source.ts";
import { findImage } from "../../transfer/find_image.ts";
import { findInspected } from "../../transfer/find_inspected.ts";
import { readConfig } from "../../transfer/read_config.ts";
import type { CliContext } from "../context.ts";
import type { InspectFlags } from "./inspect.ts";

/**
 * Prints what `--raw` or `--config` asks for, byte for byte.
 *
 * @throws {ScratchbuildError} Where it cannot be read, or is not there.
 */
export async function printDocument(
  source: ImageSource,
  flags: InspectFlags,
  context: CliContext,
): Promise<void> {
  await printBytes(await documentOf(source, flags, context), context);
}

async function documentOf(
  source: ImageSource,
  { raw, platform }: InspectFlags,
  { signal }: CliContext,
): Promise<Uint8Array> {
  const options = { ...(platform && { platform }), signal };
  if (raw) {
    const { bytes } = platform
      ? await findImage(source, options)
      : await source.manifest(undefined, { signal });
    return bytes;
  }
  const { manifest } = await findInspected(source, options);
  if (manifest) return await readConfig(source, manifest, { signal });
  throw new ScratchbuildError(
    `Cannot print the configuration of ${
      printable(source.name)
    }: there is no ` +
      "image in its index",
    { code: "IMAGE" },
  );
}

/** Bytes that are text go the way of all text. */
async function printBytes(
  bytes: Uint8Array,
  { process: { stdout } }: CliContext,
): Promise<void> {
  let text: string;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    text = decoder.decode(bytes);
  } catch {
    return await writeToStdout(once(bytes));
  }
  stdout.write(text);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
