import { builtinModule } from "../bytes/builtin_module.ts";

/**
 * More workers than this wait for the one thread that reads, hashes and writes,
 * and each takes memory.
 */
const MOST_JOBS = 16;

/** Blocks that are compressed at the same time unless somebody says otherwise. */
export function defaultJobs(): number {
  const { navigator } = globalThis as {
    navigator?: { readonly hardwareConcurrency?: number };
  };
  // Node 20 has no navigator.
  const cores = navigator?.hardwareConcurrency ??
    builtinModule<{ availableParallelism(): number }>("node:os")
      ?.availableParallelism();
  return Math.min(cores ?? 1, MOST_JOBS);
}
