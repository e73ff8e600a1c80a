import { printable } from "../spec/printable.ts";

/**
 * A JSON document as the command prints it, with the line end. Where JSON allows
 * for characters that do something to a terminal, their escapes are printed:
 * programs read the same from both.
 */
export function jsonText(document: unknown): string {
  const lines = JSON.stringify(document, undefined, 2).split("\n");
  return lines.map((line) => `${printable(line)}\n`).join("");
}
