import { builtinModule } from "../bytes/builtin_module.ts";
import { ScratchbuildError } from "../spec/error.ts";
import { type BlockCodec, encodeHere } from "./block_codec.ts";
import type { WorkerListener, WorkerThread } from "./start_worker.ts";

/** Starts a worker that speaks as `worker_source.ts` says. */
export type StartBlockWorker = (listener: WorkerListener) => WorkerThread;

/** Milliseconds after which workers that have nothing to do are ended. */
const IDLE_TIME = 2000;

/** So that a worker has its next block while its last one is fetched. */
const BLOCKS_PER_WORKER = 2;

interface Job {
  readonly block: Uint8Array;
  readonly codec: BlockCodec;
  resolve(bytes: Uint8Array): void;
  reject(error: unknown): void;
}

interface Member {
  readonly thread: WorkerThread;
  isReady: boolean;
  /** What it was given, and answers in this order. */
  readonly jobs: Job[];
}

interface Answer {
  readonly buffer?: ArrayBuffer;
  readonly error?: string;
}

/**
 * Workers that compress blocks. They are started when there is work for them,
 * stay for the work that comes next, and never keep the process alive. Where
 * none can be started, blocks are compressed in this thread.
 */
export class BlockPool {
  readonly #start: StartBlockWorker;
  readonly #members = new Set<Member>();
  readonly #queue: Job[] = [];
  #canStart = true;
  #stopTimer: () => void = () => {};

  /** @param start Starts a worker; throws where none can be started. */
  constructor(start: StartBlockWorker) {
    this.#start = start;
  }

  /** Number of workers that there are. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Compresses a block. Its buffer is given away.
   *
   * @param workers How many workers there may be for it.
   * @throws {ScratchbuildError} Code `COMPRESSION` where a worker failed.
   */
  encode(
    block: Uint8Array,
    codec: BlockCodec,
    workers: number,
  ): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ block, codec, resolve, reject });
      const isFree = [...this.#members].some(({ jobs }) => jobs.length === 0);
      if (!isFree || this.#queue.length > 1) this.#add(workers);
      this.#assign();
    });
  }

  /** Ends the workers that have nothing to do. */
  end(): void {
    for (const member of this.#members) {
      if (member.jobs.length > 0) continue;
      this.#members.delete(member);
      member.thread.end();
    }
  }

  #add(workers: number): void {
    if (!this.#canStart || this.#members.size >= workers) return;
    try {
      const thread = this.#start({
        onMessage: (message) => this.#take(member, message as Answer),
        onEnd: (why) => this.#lose(member, why),
      });
      const member: Member = { thread, isReady: false, jobs: [] };
      this.#members.add(member);
    } catch {
      this.#canStart = false;
    }
  }

  /** Gives what waits to those that have least to do. */
  #assign(): void {
    this.#stopTimer();
    for (let round = 0; round < BLOCKS_PER_WORKER; round++) {
      for (const { thread, isReady, jobs } of this.#members) {
        if (!isReady || jobs.length !== round) continue;
        const job = this.#queue.shift();
        if (!job) break;
        if (jobs.push(job) === 1) thread.hold(true);
        send(thread, job);
      }
    }
    if (this.#members.size === 0) return this.#encodeHere();
    if ([...this.#members].some(({ jobs }) => jobs.length > 0)) return;
    this.#stopTimer = later(() => this.end(), IDLE_TIME);
  }

  #encodeHere(): void {
    for (const { block, codec, resolve, reject } of this.#queue.splice(0)) {
      try {
        resolve(encodeHere(block, codec));
      } catch (error) {
        reject(error);
      }
    }
  }

  #take(member: Member, { buffer, error }: Answer): void {
    if (member.isReady) {
      const job = member.jobs.shift();
      if (buffer) job?.resolve(new Uint8Array(buffer));
      else job?.reject(failure(error ?? "it gave no answer"));
    }
    member.isReady = true;
    this.#assign();
    if (member.jobs.length === 0) member.thread.hold(false);
  }

  #lose(member: Member, why: string): void {
    if (!this.#members.delete(member)) return;
    // One that never ran: nobody else will, and nothing was given to it.
    if (!member.isReady) this.#canStart = false;
    for (const job of member.jobs.splice(0)) job.reject(failure(why));
    if (this.#members.size === 0 && this.#queue.length > 0) this.#add(1);
    this.#assign();
  }
}

function send(thread: WorkerThread, { block, codec }: Job): void {
  const { buffer, byteOffset: offset, byteLength: length } = block;
  thread.post({ ...codec, buffer, offset, length }, [buffer as ArrayBuffer]);
}

function failure(why: string): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot compress the layer: a worker failed: ${why}`,
    { code: "COMPRESSION" },
  );
}

interface Timer {
  unref?(): void;
}

interface NodeTimers {
  setTimeout(run: () => void, milliseconds: number): Timer;
  clearTimeout(timer: Timer): void;
}

/**
 * Calls a function later, unless the process ends before.
 *
 * @returns Calls it off.
 */
function later(run: () => void, milliseconds: number): () => void {
  // Those of `globalThis` are numbers on Deno, which cannot be let go of.
  const timers = builtinModule<NodeTimers>("node:timers") ??
    globalThis as unknown as NodeTimers;
  const timer = timers.setTimeout(run, milliseconds);
  timer.unref?.();
  return () => timers.clearTimeout(timer);
}
