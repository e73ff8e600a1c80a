import { ScratchbuildError } from "../spec/error.ts";
import type { CliOutput } from "./context.ts";

/** A stream of the process, as the command writes to it. */
export interface ProcessOutput extends CliOutput {
  /**
   * Waits until all that was written has been taken or refused.
   *
   * @returns Why it was refused, but for a reader that went away: that is no
   * mistake of anybody, `| head` is common.
   */
  flush(): Promise<Error | undefined>;
}

/** Writes to a stream of the process, and never throws. */
export function processOutput(stream: NodeJS.WriteStream): ProcessOutput {
  let failure: Error | undefined;
  let isBroken = false;
  let isClosed = false;
  let pending = 0;
  let whenIdle = () => {};
  const settle = (error: unknown) => {
    if (isClosedPipe(error)) isClosed = true;
    else if (error instanceof Error) failure ??= error;
    if (--pending === 0) whenIdle();
  };
  // Each failure also comes to the callback of its write.
  stream.on("error", () => {});
  return {
    write(text) {
      if (isBroken) return;
      pending++;
      try {
        stream.write(text, settle);
      } catch (error) {
        // Where a file takes no more, Deno throws, and never again calls back.
        isBroken = true;
        settle(error);
      }
    },
    async flush() {
      if (pending > 0) await new Promise<void>((idle) => whenIdle = idle);
      return failure;
    },
    get isClosed() {
      return isClosed;
    },
    get isTTY() {
      return stream.isTTY;
    },
    // Some terminals have no size yet, and say 0.
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
  };
}

/** Whether the reader of what was written went away. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

/**
 * Whether what a command wrote was not taken for that. The reader has said why
 * it left, where there was a reason.
 */
export function isReaderGone(error: unknown): boolean {
  return error instanceof ScratchbuildError && error.code === "TARGET" &&
    isClosedPipe(error.cause);
}
