import { abortedError } from "../spec/error.ts";
import type { Ask, CliOutput } from "./context.ts";
import { usageError } from "./parse/usage_error.ts";

/** What {@linkcode askTerminal} needs of the process. */
export interface AskTerminalOptions {
  /** The terminal that is typed at. */
  readonly input: NodeJS.ReadStream;
  /** Where questions are shown. */
  readonly output: CliOutput;
  /** Ends the asking. */
  readonly signal: AbortSignal;
  /** Is called for Ctrl-C, which is no signal while nothing is to be shown. */
  readonly interrupt: () => void;
}

/** Keys that send no visible character, in the order of their codes. */
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const BACKSPACE = "\b";
const CTRL_U = "\x15";
const DELETE = "\x7f";
// deno-lint-ignore no-control-regex -- what arrow keys and a paste send
const ESCAPES = /\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/g;

/** Makes what asks the person at the terminal. */
export function askTerminal(
  { input, output, signal, interrupt }: AskTerminalOptions,
): Ask {
  const decoder = new TextDecoder();
  // What was typed, or pasted, before it was asked for.
  let pending = "";
  return (question, { hidden = false } = {}) =>
    new Promise((resolve, reject) => {
      let typed = "";
      const stop = () => {
        input.off("data", read);
        input.off("end", end);
        signal.removeEventListener("abort", abort);
        if (hidden) input.setRawMode(false);
        input.pause();
      };
      const abort = () => {
        stop();
        output.write("\n");
        reject(abortedError("ask for the password", signal));
      };
      const end = () => {
        stop();
        output.write("\n");
        reject(usageError("Cannot go on: nothing more can be typed"));
      };
      const read = (chunk: Uint8Array) => {
        pending += decoder.decode(chunk, { stream: true });
        take();
      };
      const take = () => {
        const keys = Array.from(pending.replace(ESCAPES, ""));
        pending = "";
        for (const [index, key] of keys.entries()) {
          if (key === "\r" || key === "\n") {
            pending = keys.slice(index + 1).join("");
            stop();
            // Otherwise the terminal has shown the end of the line.
            if (hidden) output.write("\n");
            resolve(typed);
            return;
          }
          if (key === CTRL_C) return interrupt();
          if (key === CTRL_D) return end();
          if (key === CTRL_U) typed = "";
          else if (key === BACKSPACE || key === DELETE) {
            typed = Array.from(typed).slice(0, -1).join("");
          } else typed += key;
        }
      };
      if (signal.aborted) {
        reject(abortedError("ask for the password", signal));
        return;
      }
      // Before the question: what is typed as soon as it shows is hidden too.
      if (hidden) input.setRawMode(true);
      output.write(question);
      input.on("data", read);
      input.on("end", end);
      signal.addEventListener("abort", abort);
      input.resume();
      if (pending.includes("\n") || pending.includes("\r")) take();
    });
}
