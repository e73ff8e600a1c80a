/** An upload that had begun, as an {@linkcode UploadJournal} remembers it. */
export interface UploadRecord {
  /** Where the registry wants to be asked about it. It can be a secret. */
  readonly location: string;
  /** Bytes that the registry had confirmed. */
  readonly offset: number;
}

/** Which upload it is. */
export interface UploadKey {
  /** Registry and repository: `ghcr.io/me/app`. */
  readonly repository: string;
  /** Digest of the blob. */
  readonly digest: string;
}

/**
 * Remembers uploads from one run to the next, so that what a registry has of an
 * interrupted one is not sent again. What it says is a hint: the registry is
 * asked. It never throws; where it cannot remember, it forgets.
 */
export interface UploadJournal {
  /** What is known of an upload. */
  load(key: UploadKey): Promise<UploadRecord | undefined>;
  /** Remembers an upload, in the place of what was known of it. */
  save(key: UploadKey, record: UploadRecord): Promise<void>;
  /** Forgets an upload that has ended. */
  remove(key: UploadKey): Promise<void>;
}
