import {
  type ByteSource,
  chunksOf,
  streamOf,
} from "../../bytes/byte_source.ts";
import { partOf } from "../../bytes/part_of.ts";

/** A source that notes what reading it failed with. */
export interface NotedSource extends ByteSource {
  /** What it failed with first, where it has. */
  readonly failure: { readonly error: unknown } | undefined;
}

/**
 * Notes what reading a source fails with, so that it can be told from what
 * sending its bytes fails with: the source may be a registry, too.
 */
export function notedSource(source: ByteSource): NotedSource {
  let failure: { readonly error: unknown } | undefined;
  const noted = (source: ByteSource): ByteSource => {
    const chunks = async function* (scratch?: Uint8Array) {
      try {
        for await (const chunk of chunksOf(source, scratch)) yield chunk;
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    };
    return {
      size: source.size,
      chunks,
      stream: () => streamOf(chunks()),
      slice: (start, end) => noted(partOf(source, start, end)),
    };
  };
  return {
    ...noted(source),
    get failure() {
      return failure;
    },
  };
}
