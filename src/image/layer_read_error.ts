import { ScratchbuildError } from "../spec/error.ts";
import { isNonDistributable } from "../spec/media_types.ts";
import { printable } from "../spec/printable.ts";
import type { Layer } from "./container_image.ts";

/** Whether the bytes are no layer, from wherever they come. */
export function isDamage(error: unknown): boolean {
  return error instanceof ScratchbuildError &&
    ["TAR", "COMPRESSION", "LAYER"].includes(error.code);
}

/** Says which layer it is that something is wrong with. */
export function layerReadError(
  { digest, descriptor }: Layer,
  error: unknown,
): unknown {
  if (!(error instanceof ScratchbuildError) || error.code === "ABORTED") {
    return error;
  }
  const isForeign = descriptor && isNonDistributable(descriptor.mediaType);
  const { code } = error;
  if (isDamage(error)) {
    const why = error.message.replace(/^Cannot (?:[^:]|:(?! ))*: /, "");
    return failure(why, code === "LAYER" ? "IMAGE" : code);
  }
  if (isForeign && code !== "DIGEST_MISMATCH") {
    return failure(
      "it may not be distributed, so only those places have it that its " +
        "maker named; read it from there with --foreign-layers or " +
        `\`foreignLayers\` (${error.message})`,
      "IMAGE",
    );
  }
  return error;

  function failure(why: string, code: ScratchbuildError["code"]) {
    return new ScratchbuildError(
      `Cannot read the layer ${digest}: ${printable(why)}`,
      { code, cause: error },
    );
  }
}
