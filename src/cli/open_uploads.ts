import { join } from "node:path";
import { cacheDirectory } from "../machine/cache_directory.ts";
import { fileUploadJournal } from "../machine/upload_journal.ts";
import type {
  UploadJournal,
  UploadKey,
  UploadRecord,
} from "../registry/push/upload_journal.ts";
import type { CliContext } from "./context.ts";

/**
 * The uploads that are remembered on this machine. Who has no home directory has
 * no cache either, and needs none.
 */
export function openUploads({ process: { env } }: CliContext): OpenUploads {
  return new OpenUploads(
    fileUploadJournal(() => join(cacheDirectory({ env }), "uploads")),
  );
}

/** A journal that knows which uploads of this run it still remembers. */
export class OpenUploads implements UploadJournal {
  readonly #journal: UploadJournal;
  readonly #open = new Set<string>();

  /** @param journal Where the uploads are remembered. */
  constructor(journal: UploadJournal) {
    this.#journal = journal;
  }

  /** Whether another run would find something to go on with. */
  get isResumable(): boolean {
    return this.#open.size > 0;
  }

  /** What is known of an upload. */
  async load(key: UploadKey): Promise<UploadRecord | undefined> {
    const record = await this.#journal.load(key);
    if (record) this.#note(key, record);
    return record;
  }

  /** Remembers an upload. */
  save(key: UploadKey, record: UploadRecord): Promise<void> {
    this.#note(key, record);
    return this.#journal.save(key, record);
  }

  /** Forgets an upload that has ended. */
  remove(key: UploadKey): Promise<void> {
    this.#open.delete(nameOf(key));
    return this.#journal.remove(key);
  }

  /** Where the registry has nothing yet, there is nothing to go on with. */
  #note(key: UploadKey, { offset }: UploadRecord): void {
    if (offset > 0) this.#open.add(nameOf(key));
    else this.#open.delete(nameOf(key));
  }
}

function nameOf({ repository, digest }: UploadKey): string {
  return `${repository}@${digest}`;
}
