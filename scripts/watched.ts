import { spawn } from "node:child_process";
import process from "node:process";

/** Options of {@linkcode runWatched}. */
export interface WatchOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** After how many milliseconds without output the program is ended. */
  readonly silenceLimit: number;
}

/** How a program ended: by itself, or why it did not. */
export type Ending =
  | { readonly code: number }
  | { readonly trouble: string };

/**
 * Runs a program and shows what it prints as it comes. One that prints nothing
 * for too long is taken to hang and ended.
 */
export function runWatched(
  command: string,
  args: readonly string[],
  { env, silenceLimit }: WatchOptions,
): Promise<Ending> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let hung = false;
    const end = () => {
      hung = true;
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
    };
    let timer = setTimeout(end, silenceLimit);
    const show = (to: NodeJS.WriteStream) => (chunk: Uint8Array) => {
      to.write(chunk);
      clearTimeout(timer);
      timer = setTimeout(end, silenceLimit);
    };
    child.stdout.on("data", show(process.stdout));
    child.stderr.on("data", show(process.stderr));
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ trouble: error.message });
    });
    const finish = (code: number | null, signal: string | null) => {
      clearTimeout(timer);
      if (hung) {
        const seconds = silenceLimit / 1000;
        resolve({ trouble: `ended after ${seconds} s without output` });
      } else if (signal) resolve({ trouble: `ended by ${signal}` });
      else resolve({ code: code ?? 0 });
    };
    child.on("close", finish);
    // A program that it left running may hold its output open.
    child.on("exit", (...how) => setTimeout(finish, 2_000, ...how).unref());
  });
}
