import { gzip } from "libdeflate";
import { withoutNewListeners } from "./without_new_listeners.ts";

let started: { readonly module: WebAssembly.Module | undefined } | undefined;

/**
 * The compiled program of libdeflate, for sending it to workers: what its
 * package exports cannot be sent. `undefined` where the package starts it in
 * another way than today, which the tests would notice.
 */
export function gzipModule(): WebAssembly.Module | undefined {
  started ??= { module: start() };
  return started.module;
}

/**
 * Starts libdeflate. That happens within one call, so nobody else can see that
 * the constructor is another one meanwhile.
 */
function start(): WebAssembly.Module | undefined {
  const { Instance } = WebAssembly;
  let module: WebAssembly.Module | undefined;
  const watched = new Proxy(Instance, {
    construct(target, [first, ...rest], newTarget) {
      module = first;
      return Reflect.construct(target, [first, ...rest], newTarget);
    },
  });
  const isWatched = Reflect.set(WebAssembly, "Instance", watched);
  try {
    withoutNewListeners(() => gzip(new Uint8Array(), 1));
  } finally {
    if (isWatched) Reflect.set(WebAssembly, "Instance", Instance);
  }
  return module;
}
