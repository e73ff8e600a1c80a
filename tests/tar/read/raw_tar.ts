/** What a header made by {@linkcode rawHeader} says; all else is empty. */
export interface RawHeader {
  readonly name?: string | Uint8Array;
  readonly type?: string;
  /** Bytes of content, or the field as it is written. */
  readonly size?: number | string;
  readonly linkname?: string;
  readonly magic?: string;
  /** More fields, by where they begin. */
  readonly fields?: Readonly<Record<number, string | Uint8Array>>;
}

const encoder = new TextEncoder();

/** One header block with a right sum, of whatever else. */
export function rawHeader(
  {
    name = "file",
    type = "0",
    size = 0,
    linkname = "",
    magic = "ustar\x0000",
    fields = {},
  }: RawHeader = {},
): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(512);
  const put = (at: number, value: string | Uint8Array) =>
    block.set(typeof value === "string" ? encoder.encode(value) : value, at);
  put(0, name);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, typeof size === "string" ? size : `${octal(size, 11)}\0`);
  put(136, "00000000000\0");
  put(156, type);
  put(157, linkname);
  put(257, magic);
  for (const [at, value] of Object.entries(fields)) put(Number(at), value);
  return withSum(block);
}

/** Writes the sum into a header block. */
export function withSum<T extends Uint8Array>(block: T): T {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(encoder.encode(`${octal(sum, 6)}\0 `), 148);
  return block;
}

function octal(number: number, digits: number): string {
  return number.toString(8).padStart(digits, "0");
}

/** A header and its content, with padding; the size is that of the content. */
export function rawEntry(
  header: RawHeader,
  content: string | Uint8Array = "",
): Uint8Array<ArrayBuffer> {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  const whole = new Uint8Array(512 + Math.ceil(bytes.length / 512) * 512);
  whole.set(rawHeader({ size: bytes.length, ...header }));
  whole.set(bytes, 512);
  return whole;
}

/** The records of a pax header. */
export function paxRecords(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([keyword, value]) => {
      const rest = ` ${keyword}=${value}\n`;
      const length = encoder.encode(rest).length;
      const digits = String(length + String(length).length).length;
      return `${length + digits}${rest}`;
    })
    .join("");
}

/** A tar of these parts, with its end. */
export function rawTar(...parts: readonly Uint8Array[]): Uint8Array[] {
  return [...parts, new Uint8Array(1024)];
}
