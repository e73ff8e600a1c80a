import type { CliContext } from "../context.ts";
import type { ProgressMode } from "../flags/output_flags.ts";
import { LiveReporter } from "./live_reporter.ts";
import { PlainReporter } from "./plain_reporter.ts";
import type { ProgressItem } from "./progress_item.ts";

/** Shows how far the work is. */
export interface Reporter {
  /** Takes in how far an item is now. */
  update(item: ProgressItem): void;
  /** Shows a line that stays. */
  note(line: string): void;
  /**
   * Ends the showing, and takes away what would not stay true.
   *
   * @param summary One line that stays, for people at a terminal.
   */
  stop(summary?: string): void;
}

const silent: Reporter = { update: () => {}, note: () => {}, stop: () => {} };

/** The reporter that fits the mode and where standard error goes. */
export function createReporter(
  mode: ProgressMode,
  { process: { stderr, env }, now }: CliContext,
): Reporter {
  if (mode === "none") return silent;
  const isLive = mode === "auto" && stderr.isTTY === true &&
    env.TERM !== "dumb";
  if (!isLive) return new PlainReporter(stderr, now);
  // https://no-color.org: set to anything but the empty text.
  return new LiveReporter(stderr, now, { color: !env.NO_COLOR });
}
