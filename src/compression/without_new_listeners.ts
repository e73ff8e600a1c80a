interface Emitter {
  listeners(event: string): ((...args: unknown[]) => void)[];
  removeListener(event: string, listener: (...args: unknown[]) => void): void;
}

const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

/**
 * Runs a function and takes away the process-wide error listeners that it
 * leaves behind. The glue code of WebAssembly modules made by Emscripten adds
 * such listeners when it starts; they would change how the program of a person
 * who imports this library ends.
 */
export function withoutNewListeners<T>(run: () => T): T {
  const { process } = globalThis as { process?: Partial<Emitter> };
  if (!process?.listeners || !process.removeListener) return run();
  const emitter = process as Emitter;
  const before = EVENTS.map((event) => new Set(emitter.listeners(event)));
  try {
    return run();
  } finally {
    EVENTS.forEach((event, position) => {
      for (const listener of emitter.listeners(event)) {
        if (!before[position]?.has(listener)) {
          emitter.removeListener(event, listener);
        }
      }
    });
  }
}
