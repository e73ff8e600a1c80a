interface Immediate {
  setImmediate?(run: () => void): void;
}

/**
 * Waits until timers, signals and finished input and output have had their
 * turn. Work that reads synchronously and awaits nothing but promises that are
 * settled would never let them have one: an interruption would be noticed only
 * at its end, and memory would not be given back before.
 */
export function turn(): Promise<void> {
  const { setImmediate = setTimeout } = globalThis as Immediate;
  return new Promise((resolve) => void setImmediate(resolve));
}
