/**
 * The program of a worker that compresses blocks. It is text because that is
 * the one form that can be started wherever this package runs: from sources on
 * disk or on a server, from npm, out of a compiled program and out of a bundle
 * (`docs/decisions/0014-workers.md`).
 *
 * It is told `{ module }` first, libdeflate as it was compiled for the thread
 * that started it, and then `{ name, level, buffer, offset, length }` for each
 * block. It answers in that order: `{}` when it is ready, then `{ buffer }` or
 * `{ error }`. No message holds a view of a buffer: Deno takes 0.1 s to receive
 * a view of 1 MiB. The short names are those that the package gives to
 * libdeflate's functions.
 */
export const workerSource: string = `
const builtin = (name) => globalThis.process?.getBuiltinModule?.(name);
const zlib = builtin("node:zlib");
const port = builtin("node:worker_threads")?.parentPort ?? globalThis;
let gzip;

const gzipWith = (module) => {
  const memory = () => wasm.c.buffer;
  const { exports: wasm } = new WebAssembly.Instance(module, {
    a: {
      a: (size) => {
        try {
          wasm.c.grow(Math.max(0, size - memory().byteLength + 65535) >>> 16);
          return 1;
        } catch {
          return 0;
        }
      },
      b: (to, from, size) => {
        new Uint8Array(memory()).copyWithin(to, from, from + size);
      },
    },
  });
  wasm.d();
  const compressors = new Map();
  let room = { size: -1 };
  const reserve = (size, compressor) => {
    if (size <= room.size) return;
    const bound = wasm.m(compressor, size);
    const input = wasm.n(size);
    const output = wasm.n(bound);
    if (!input || !output) throw new Error("there is not enough memory");
    if (room.input) wasm.o(room.input);
    if (room.output) wasm.o(room.output);
    room = { size, bound, input, output };
  };
  return (block, level) => {
    let compressor = compressors.get(level);
    if (!compressor) {
      compressor = wasm.e(level);
      if (!compressor) throw new Error("there is not enough memory");
      compressors.set(level, compressor);
    }
    reserve(Math.max(block.byteLength, 1), compressor);
    new Uint8Array(memory()).set(block, room.input);
    const size = wasm.l(
      compressor,
      room.input,
      block.byteLength,
      room.output,
      room.bound,
    );
    if (!size) throw new Error("libdeflate gave nothing");
    return new Uint8Array(memory()).slice(room.output, room.output + size);
  };
};

const zstd = (block, level) => {
  const key = zlib.constants.ZSTD_c_compressionLevel;
  const bytes = zlib.zstdCompressSync(block, { params: { [key]: level } });
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  return isWhole ? bytes : new Uint8Array(bytes);
};

const take = ({ module, name, level, buffer, offset, length }) => {
  if (module) {
    gzip = gzipWith(module);
    port.postMessage({});
    return;
  }
  try {
    const block = new Uint8Array(buffer, offset, length);
    const bytes = (name === "gzip" ? gzip : zstd)(block, level);
    // Else it would wait for the garbage collection, with many of its kind.
    buffer.transfer?.(0);
    port.postMessage({ buffer: bytes.buffer }, [bytes.buffer]);
  } catch (error) {
    port.postMessage({ error: String(error?.message ?? error) });
  }
};

if (port.on) port.on("message", take);
else port.onmessage = ({ data }) => take(data);
`;
