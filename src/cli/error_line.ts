import { ScratchbuildError } from "../spec/error.ts";
import { printable } from "../spec/printable.ts";
import { Interruption } from "./context.ts";

/** The query of a URL: signatures and tokens stand there. */
const QUERY = /(https?:\/\/[^\s?"']*)\?[^\s"')]*/gi;

/** A message as the command prints it, without the line end. */
export function messageLine(message: string): string {
  return `scratchbuild: ${printable(message)}`;
}

/** Options of {@linkcode errorLines}. */
export interface ErrorLinesOptions {
  /** Whether the stack goes below the line. */
  readonly debug: boolean;
  /** The signal that the command ran under. */
  readonly signal: AbortSignal;
  /** What else to say of an error, as a sentence without its full stop. */
  readonly hint?: (error: unknown) => string | undefined;
}

/**
 * What the command prints for an error: one line, and below it the stack where
 * a developer asked for it.
 */
export function errorLines(
  error: unknown,
  { debug, signal, hint }: ErrorLinesOptions,
): string {
  const said = signal.aborted ? undefined : hint?.(error);
  const line = messageLine(
    messageOf(error, signal) + (said === undefined ? "" : `. ${said}`),
  );
  if (!debug) return line;
  const lines = stack(error).replace(QUERY, "$1?...").split("\n");
  return [line, ...lines.map(printable)].join("\n");
}

/** Whether the environment asks for stacks. */
export function isDebug(
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return env.SCRATCHBUILD_DEBUG === "1";
}

function messageOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted && signal.reason instanceof Interruption) {
    const { message, isResumable } = signal.reason;
    return `Cannot finish: ${message}` +
      (isResumable ? "; the next run goes on from what the registry kept" : "");
  }
  if (error instanceof ScratchbuildError) return error.message;
  const what = error instanceof Error
    ? `${error.name}: ${error.message}`
    : String(error);
  return `Cannot finish, because of a mistake in scratchbuild itself: ${what}; ` +
    "please report it, with what SCRATCHBUILD_DEBUG=1 shows";
}

function stack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? String(error);
  return error.cause === undefined
    ? own
    : `${own}\nCaused by: ${stack(error.cause)}`;
}
