import { concat } from "../bytes/concat.ts";
import { compareBytes } from "./layer_path.ts";

const encoder = new TextEncoder();

/** Collects the records of one pax header. */
export class PaxRecords {
  readonly #records: { keyword: string; record: Uint8Array }[] = [];

  /** Adds a record; a text as UTF-8, bytes as they are. */
  add(keyword: string, value: string | Uint8Array): void {
    const bytes = typeof value === "string" ? encoder.encode(value) : value;
    this.#records.push({ keyword, record: paxRecord(keyword, bytes) });
  }

  /** The records, in the order of the bytes of their keywords. */
  bytes(): Uint8Array {
    this.#records.sort((a, b) => compareBytes(a.keyword, b.keyword));
    return concat(this.#records.map(({ record }) => record));
  }
}

/** `length keyword=value\n`, where the length counts its own digits. */
function paxRecord(keyword: string, value: Uint8Array): Uint8Array {
  const start = encoder.encode(` ${keyword}=`);
  const restLength = start.byteLength + value.byteLength + 1;
  let length = restLength;
  while (length !== restLength + String(length).length) {
    length = restLength + String(length).length;
  }
  return concat([
    encoder.encode(String(length)),
    start,
    value,
    encoder.encode("\n"),
  ]);
}
