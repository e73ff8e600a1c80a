import type { ByteSource } from "../../bytes/byte_source.ts";
import type { UploadPlace } from "./blob_upload.ts";
import { askStored } from "./ask_session.ts";
import { cancelSession } from "./cancel_session.ts";
import { openSession } from "./open_session.ts";
import type { Setback } from "./setback.ts";
import { partSize, sendPart } from "./upload_parts.ts";
import { limitOf, type UploadSession } from "./upload_session.ts";

/**
 * Fewest bytes of a part, so that a request costs little beside its bytes, and
 * a small blob is not begun that the registry may have: ECR takes 5 MiB.
 */
const LEAST_PART = 5 * 1024 * 1024;

/** Most bytes of a part that GHCR takes. */
const SMALL_PART = 4 * 1024 * 1024;

const NOT_BEGUN = { offset: 0, minPart: 0, maxPart: Infinity } as const;

/**
 * Uploads a blob in parts while it grows: its digest is asked for only at the
 * end. It is never more than an attempt; where anything comes in between, what
 * the registry has confirmed is left for the upload of the whole blob.
 */
export class GrowingUpload {
  readonly #upload: UploadPlace;
  #source: ByteSource | undefined;
  #session: UploadSession | undefined;
  #work: Promise<void> | undefined;
  #isOver = false;

  /** @param upload Where it goes. Nothing is asked of the registry yet. */
  constructor(upload: UploadPlace) {
    this.#upload = upload;
  }

  /** Whether there is enough of a blob to begin with. */
  isWorth(source: ByteSource): boolean {
    return this.#end(source) !== undefined;
  }

  /** Takes in what there is of the blob: all bytes, from the first on. */
  grow(source: ByteSource): void {
    this.#source = source;
    if (this.#work || !this.isWorth(source)) return;
    this.#work = this.#send().finally(() => this.#work = undefined);
  }

  /**
   * Sends no further part.
   *
   * @returns The session, where the registry has something of the blob. It is
   * no longer the concern of this upload.
   */
  async take(): Promise<UploadSession | undefined> {
    this.#isOver = true;
    await this.#work;
    const session = this.#session;
    this.#session = undefined;
    return session;
  }

  /** Sends no further part, and has the registry forget the ones it has. */
  async drop(): Promise<void> {
    const session = await this.take();
    if (session) await cancelSession(this.#upload, session);
  }

  async #send(): Promise<void> {
    try {
      const session = this.#session ??= await openSession(this.#upload);
      while (true) {
        const source = this.#source as ByteSource;
        const end = this.#end(source);
        if (end === undefined) return;
        const size = end - session.offset;
        const part = { source, end };
        const setback = await sendPart(this.#upload, session, part);
        if (!setback || this.#shrinks(setback, size)) continue;
        this.#isOver = true;
        if (setback.verdict === "refused") {
          this.#upload.memory.refused.add("parts");
        }
        if (await this.#isOfUse(session, setback)) return;
        this.#session = undefined;
        await cancelSession(this.#upload, session);
      }
    } catch {
      // Whoever sends the whole blob meets the same, and tells of it.
      this.#isOver = true;
    }
  }

  /** Where the next part ends; nothing as long as it is not worth a request. */
  #end(source: ByteSource): number | undefined {
    const { memory } = this.#upload;
    if (this.#isOver || memory.refused.has("parts")) return undefined;
    const { offset, minPart, maxPart } = this.#session ?? NOT_BEGUN;
    const most = partSize(this.#upload, { minPart, maxPart });
    const ready = source.size - offset;
    if (ready < Math.max(minPart, Math.min(LEAST_PART, most))) return undefined;
    return offset + Math.min(ready, most);
  }

  /** Finds out how much of the blob the registry has after a setback. */
  async #isOfUse(
    session: UploadSession,
    { verdict }: Setback,
  ): Promise<boolean> {
    if (verdict !== "again" && verdict !== "out of step") return false;
    const stored = await askStored(this.#upload, session) ?? 0;
    if (stored === 0 || stored > session.sent) return false;
    session.offset = session.sent = stored;
    return true;
  }

  /** Makes the parts smaller where they are too large, as far as that goes. */
  #shrinks({ verdict, outcome }: Setback, size: number): boolean {
    if (verdict !== "too large" || !outcome.response) return false;
    const { memory } = this.#upload;
    const named = limitOf(outcome.response.headers, "max");
    memory.maxPart = Math.min(memory.maxPart, named ?? SMALL_PART);
    return memory.maxPart < size;
  }
}
