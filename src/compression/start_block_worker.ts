import { gzipModule } from "./gzip_module.ts";
import {
  startWorker,
  type WorkerListener,
  type WorkerThread,
} from "./start_worker.ts";
import { workerSource } from "./worker_source.ts";

/**
 * Starts a worker that compresses blocks.
 *
 * @throws Where there can be none.
 */
export function startBlockWorker(listener: WorkerListener): WorkerThread {
  const module = gzipModule();
  if (!module) throw new TypeError("There is no program to send");
  const thread = startWorker(workerSource, listener);
  try {
    thread.post({ module });
  } catch (error) {
    thread.end();
    throw error;
  }
  return thread;
}
