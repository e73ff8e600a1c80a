import { builtinModule } from "../bytes/builtin_module.ts";

/** A worker as `node:worker_threads` and browsers have it. */
export interface WorkerThread {
  /** Sends a message; what is transferred is gone from this thread. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Says whether the process waits for the worker. */
  hold(isHeld: boolean): void;
  /** Ends the worker. */
  end(): void;
}

/** What a worker has to say. */
export interface WorkerListener {
  onMessage(message: unknown): void;
  /** The worker failed, or ended by itself. */
  onEnd(why: string): void;
}

/** What is used of a `Worker` of `node:worker_threads`. */
interface NodeWorker {
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "exit", listener: () => void): unknown;
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  ref(): void;
  unref(): void;
  terminate(): unknown;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

/**
 * Starts a worker from the text of its program: by `node:worker_threads`, which
 * Deno and Bun have as well, and by `Worker` in a browser.
 *
 * @throws Where this runtime has no workers, or lets nobody start one.
 */
export function startWorker(
  source: string,
  listener: WorkerListener,
): WorkerThread {
  const threads = builtinModule<NodeThreads>("node:worker_threads");
  return threads
    ? startThread(threads, source, listener)
    : startWebWorker(source, listener);
}

function startThread(
  { Worker }: NodeThreads,
  source: string,
  { onMessage, onEnd }: WorkerListener,
): WorkerThread {
  // Options of the process, such as modules to load first, are not for it.
  const worker = new Worker(source, {
    eval: true,
    execArgv: [],
    name: "scratchbuild",
  });
  worker.on("message", onMessage);
  worker.on("error", (error) => onEnd(reason(error)));
  worker.on("exit", () => onEnd("it ended"));
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    hold: (isHeld) => isHeld ? worker.ref() : worker.unref(),
    end: () => void worker.terminate(),
  };
}

function startWebWorker(
  source: string,
  { onMessage, onEnd }: WorkerListener,
): WorkerThread {
  const url = URL.createObjectURL(
    new Blob([source], { type: "text/javascript" }),
  );
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => {
    // It is running, so its program was fetched.
    URL.revokeObjectURL(url);
    onMessage(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    onEnd(event.message ?? "it could not be started");
  };
  return {
    post: (message, transfer = []) =>
      worker.postMessage(message, [...transfer]),
    hold: () => {},
    end: () => worker.terminate(),
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
