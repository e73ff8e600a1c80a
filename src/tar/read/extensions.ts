import type { PaxRecords } from "./pax_header.ts";

/** What headers before an entry said about it. */
export interface Extensions {
  /** Records of pax headers, those for all entries included. */
  readonly pax: PaxRecords;
  /** The name that GNU tar wrote before the header. */
  readonly longName?: Uint8Array;
  /** The link target that GNU tar wrote before the header. */
  readonly longLink?: Uint8Array;
}
