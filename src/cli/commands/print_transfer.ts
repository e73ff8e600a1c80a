import { printable } from "../../spec/printable.ts";
import type { CliContext } from "../context.ts";
import { jsonText } from "../json_text.ts";
import type { TransferDocument, TransferResult } from "../transfer_result.ts";

/** How {@linkcode printTransfer} prints. */
export interface PrintTransferOptions {
  /** Whether everything was done. */
  readonly isWhole: boolean;
  /** Whether there is one image, which need not be told from others. */
  readonly isOne: boolean;
  /** Whether standard output holds the image. */
  readonly isTaken: boolean;
  /** Whether one document is wanted. */
  readonly isJson: boolean;
}

/**
 * Prints a line for each result, or the one document: to standard error where
 * standard output holds the image. A document is printed where it is whole.
 */
export function printTransfer(
  results: readonly TransferResult[],
  { isWhole, isOne, isTaken, isJson }: PrintTransferOptions,
  { process }: CliContext,
): void {
  const output = isTaken ? process.stderr : process.stdout;
  if (isJson) {
    if (!isWhole) return;
    const document: TransferDocument = { version: 1, images: results };
    output.write(jsonText(document));
    return;
  }
  for (const { name, digest, tags } of results) {
    const names = isOne || tags.length === 0
      ? [name]
      : tags.map((tag) => `${name}:${tag}`);
    for (const text of names) output.write(`${printable(text)}@${digest}\n`);
  }
}
