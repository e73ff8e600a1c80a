/** What help and the reading of arguments have to know about a flag. */
export interface FlagDescription {
  /** `boolean` flags stand alone, all others take a value. */
  readonly kind: "boolean" | "counter" | "enum" | "parsed";
  /** What the flag does, in one sentence without its end. */
  readonly brief: string;
  /** Stands for the value in help. */
  readonly placeholder?: string;
  /** All values, of an `enum`. */
  readonly values?: readonly string[];
}

/** Flags that belong together, under one title in help. */
export interface FlagGroup<Name extends string = string> {
  /** Title in help. */
  readonly title: string;
  /** The flags by their names. */
  readonly flags: Readonly<Record<Name, FlagDescription>>;
}

/** Letters that stand for flags. */
export const flagAliases = { o: "output", l: "long", R: "recursive" } as const;

/**
 * The same flags without what every object inherits: stricli would take
 * `--constructor` for a flag.
 */
export function ownMembers<T extends object>(flags: T): T {
  return Object.assign(Object.create(null), flags);
}
