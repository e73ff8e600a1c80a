/** The extended attributes of one file by their names. */
export type Xattrs = Readonly<Record<string, Uint8Array>>;

/** What was read of a file, by its path: both as bytes, one `char` each. */
export type XattrsByPath = Map<string, Map<string, Uint8Array>>;

const FILE = "# file: ";

/**
 * Reads what `getfattr --dump --encoding=hex` prints. Names are given as they
 * are, bytes as chars of Latin-1: they need not be UTF-8.
 *
 * @param output As it was printed, in Latin-1.
 * @throws {SyntaxError} Where it is something else.
 */
export function parseGetfattr(output: string): XattrsByPath {
  const all: XattrsByPath = new Map();
  let current: Map<string, Uint8Array> | undefined;
  for (const line of output.split("\n")) {
    if (line === "") continue;
    if (line.startsWith(FILE)) {
      current = new Map();
      all.set(unquote(line.slice(FILE.length)), current);
      continue;
    }
    const [, name, hex] = /^([^=]+)=0x((?:[0-9a-f]{2})*)$/.exec(line) ?? [];
    if (current === undefined || name === undefined || hex === undefined) {
      throw new SyntaxError("getfattr printed what is not understood");
    }
    current.set(unquote(name), fromHex(hex));
  }
  return all;
}

/** It writes line ends, backslashes and `=` in names in octal. */
function unquote(text: string): string {
  return text.replace(
    /\\([0-3][0-7]{2})/g,
    (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}
