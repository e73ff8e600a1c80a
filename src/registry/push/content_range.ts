/**
 * The `Content-Range` of a part of a blob, in the form of the distribution
 * specification, which is not that of HTTP: both ends inclusive, no unit.
 *
 * @param start Offset of the first byte.
 * @param end Offset after the last one.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks}
 */
export function contentRange(start: number, end: number): string {
  return `${start}-${end - 1}`;
}

/**
 * How many bytes of a blob a registry has, by the `Range` of its answer. An
 * upload of nothing looks like one of a single byte, `0-0`, and counts as
 * nothing.
 *
 * @param header `0-1023`; some registries write `bytes=0-1023`.
 * @returns `undefined` where the header is missing or is not a range.
 */
export function storedBytes(header: string | null): number | undefined {
  const [, first, last] =
    /^\s*(?:bytes[= ]\s*)?(\d{1,16})-(\d{1,16})(?:\/[\d*]+)?\s*$/i
      .exec(header ?? "") ?? [];
  const [start, end] = [Number(first), Number(last)];
  // Not a number, or beyond what a number can tell.
  if (!(start <= end) || !Number.isSafeInteger(end)) return undefined;
  return end === 0 ? 0 : end + 1;
}
