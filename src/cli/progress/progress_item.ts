/** Words for what is being done, while it is and when it is done. */
export type Activity = "pack" | "ask" | "send" | "write" | "read";

/** Something that takes its time, and how far it is. */
export interface ProgressItem {
  /** Tells it from all others. */
  readonly id: string;
  /** What is being done. */
  readonly activity: Activity;
  /** What it is done to. */
  readonly label: string;
  /**
   * `present` where it was done before, `mounted` where the registry took it
   * from another repository.
   */
  readonly state: "running" | "done" | "present" | "mounted";
  /** Bytes so far. */
  readonly bytes: number;
  /** Bytes in the end, where that is known. */
  readonly total?: number;
  /** More about it, when it is done. */
  readonly note?: string;
  /** Whether it is too small to be told of when it is done. */
  readonly isMinor?: boolean;
}

/** An item, and when it began on the clock of the command, in milliseconds. */
export interface TimedItem extends ProgressItem {
  /** When it began. */
  readonly startedAt: number;
  /** Bytes that it began with. */
  readonly startedWith: number;
}

const WORDS: Readonly<Record<Activity, readonly [now: string, then: string]>> =
  {
    pack: ["packing", "packed"],
    ask: ["asking", "asked"],
    send: ["sending", "sent"],
    write: ["writing", "wrote"],
    read: ["reading", "read"],
  };

/** The word for what is, or was, done; at most seven columns. */
export function wordFor({ activity, state }: ProgressItem): string {
  const [now, then] = WORDS[activity];
  if (state === "present" || state === "mounted") return state;
  return state === "running" ? now : then;
}
