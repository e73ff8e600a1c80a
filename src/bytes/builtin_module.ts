interface ProcessLike {
  getBuiltinModule?(name: string): unknown;
}

/**
 * A module of the runtime, found at run time, so that nothing here imports it
 * and the same file loads in a browser.
 *
 * @returns `undefined` where the runtime has no such module.
 */
export function builtinModule<T>(name: `node:${string}`): T | undefined {
  const { process } = globalThis as { process?: ProcessLike };
  return process?.getBuiltinModule?.(name) as T | undefined;
}
