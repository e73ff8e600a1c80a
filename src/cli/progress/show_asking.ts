import { printable } from "../../spec/printable.ts";
import type { ProgressItem } from "./progress_item.ts";
import type { Reporter } from "./reporter.ts";

/**
 * Shows that a registry was asked what it has: one that does not answer is
 * waited for, and otherwise nothing would be seen meanwhile.
 *
 * @returns Takes that away, when there is something else to show.
 */
export function showAsking(host: string, reporter: Reporter): () => void {
  const update = (state: ProgressItem["state"]) =>
    reporter.update({
      id: `ask ${host}`,
      activity: "ask",
      label: printable(host),
      state,
      bytes: 0,
      isMinor: true,
    });
  update("running");
  return () => update("done");
}
