import { builtinModule } from "../bytes/builtin_module.ts";

interface NodeZstd {
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
  zstdCompressSync?(
    bytes: Uint8Array,
    options: { readonly params: Readonly<Record<number, number>> },
  ): Uint8Array;
}

/** zstd's own choice. */
export const DEFAULT_ZSTD_LEVEL = 3;

/** Whether the runtime has zstd: Node has it since 22.15, a browser has not. */
export function hasZstd(): boolean {
  return builtinModule<NodeZstd>("node:zlib")?.zstdCompressSync !== undefined;
}

/**
 * Compresses one block into one zstd frame. The bytes depend on the version of
 * zstd that the runtime holds, too.
 *
 * @param level 1 (fast) to 19 (small).
 * @throws {TypeError} Where {@linkcode hasZstd} says no.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878}
 */
export function zstdBlock(block: Uint8Array, level: number): Uint8Array {
  const zlib = builtinModule<NodeZstd>("node:zlib");
  if (!zlib?.zstdCompressSync) throw new TypeError("There is no zstd here");
  const { ZSTD_c_compressionLevel } = zlib.constants;
  return zlib.zstdCompressSync(block, {
    params: { [ZSTD_c_compressionLevel]: level },
  });
}
