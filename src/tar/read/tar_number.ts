/**
 * Reads a number field: octal digits among blanks and NULs, or, where the
 * first bit is set, a big-endian two's complement number, as GNU tar writes
 * what octal digits cannot hold.
 *
 * @returns Nothing where the field is neither, or the number is beyond 2^53.
 * @see {@link https://www.gnu.org/software/tar/manual/html_node/Extensions.html}
 */
export function tarNumber(field: Uint8Array): number | undefined {
  const first = field[0] ?? 0;
  return first & 0x80 ? binary(field, first) : octal(field);
}

function octal(field: Uint8Array): number | undefined {
  let text = "";
  for (const byte of field) text += String.fromCharCode(byte);
  // What follows a NUL is no part of the number.
  const digits = text.replace(/^[ \0]+|[ \0]+$/g, "").replace(/\0.*$/s, "");
  if (digits === "") return 0;
  if (!/^[0-7]+$/.test(digits)) return undefined;
  const number = parseInt(digits, 8);
  return Number.isSafeInteger(number) ? number : undefined;
}

function binary(field: Uint8Array, first: number): number | undefined {
  const isNegative = (first & 0x40) !== 0;
  let number = BigInt(isNegative ? first | -0x80 : first & 0x7f);
  for (const byte of field.subarray(1)) number = number << 8n | BigInt(byte);
  const result = Number(number);
  return Number.isSafeInteger(result) ? result : undefined;
}
