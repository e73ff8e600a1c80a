import type { FlagGroup } from "./flags/flag_group.ts";

/** What help has to say about a command. */
export interface CommandDescription {
  /** Name of the command. */
  readonly name: string;
  /** What it does, in one sentence without its end. */
  readonly brief: string;
  /** Ways to call it, without the name of the program. */
  readonly usage: readonly string[];
  /** More about it, paragraphs. */
  readonly description: readonly string[];
  /** The arguments that are no flags, with what they mean. */
  readonly arguments: readonly (readonly [name: string, brief: string])[];
  /** All flags. */
  readonly groups: readonly FlagGroup[];
  /** Calls that work, without the name of the program. */
  readonly examples: readonly string[];
}
