interface Immediate {
  setImmediate?(run: () => void): void;
}

/** Milliseconds after which signals are to have had their turn. */
const SIGNAL_INTERVAL = 50;

let lastTimer = 0;

/**
 * Waits until timers, signals and finished input and output have had their
 * turn. Work that reads synchronously and awaits nothing but promises that are
 * settled would never let them have one: an interruption would be noticed only
 * at its end, and memory would not be given back before.
 */
export function turn(): Promise<void> {
  const { setImmediate = setTimeout } = globalThis as Immediate;
  const now = performance.now();
  // Deno looks for signals between timers, which are slower, and not between
  // immediates.
  const isDue = now - lastTimer >= SIGNAL_INTERVAL;
  if (isDue) lastTimer = now;
  const wait = isDue ? setTimeout : setImmediate;
  return new Promise((resolve) => void wait(resolve));
}
