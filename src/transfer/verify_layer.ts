import { type ByteSource, chunksOf } from "../bytes/byte_source.ts";
import {
  createHasher,
  type HashAlgorithm,
  hashAlgorithm,
  type Hasher,
} from "../bytes/hasher.ts";
import { decoded, sniff } from "../compression/decompress/decompress.ts";
import type { Encoding } from "../compression/decompress/encoding.ts";
import type { Digest } from "../spec/digest.ts";
import { LayerError } from "../tar/layer_error.ts";
import { layerPath } from "../tar/layer_path.ts";
import { readTar } from "../tar/read/read_tar.ts";
import type { TarEntry } from "../tar/read/tar_entry.ts";
import { faultOf } from "./fault.ts";
import { Tap } from "./tap.ts";

/** How {@linkcode verifyLayer} reads. */
export interface VerifyLayerOptions {
  /** What its diffID is said to be; several where images differ about it. */
  readonly diffIds: ReadonlySet<Digest>;
  /** Is told how many bytes of it have been read. */
  readonly onBytes: (bytes: number) => void;
}

/** What a layer is, whose bytes are those that its digest names. */
export interface LayerFindings {
  /** How it is compressed. */
  readonly encoding: Encoding;
  /** What is wrong with it, each the second half of a sentence. */
  readonly problems: readonly string[];
  /** What is odd about it. */
  readonly warnings: readonly string[];
}

/** Most paths that are held in memory to find those that occur twice. */
const MOST_PATHS = 100_000;
/** Most characters of all of them. */
const MOST_CHARACTERS = 1 << 24;
/** Most warnings about the paths of one layer. */
const MOST_WARNINGS = 10;

/**
 * Reads a layer once, to its end: its bytes, the tar in it, and all that follows
 * the end of the tar. Memory stays flat.
 *
 * @throws What the source fails with: nothing else is to be said then.
 */
export async function verifyLayer(
  source: ByteSource,
  { diffIds, onBytes }: VerifyLayerOptions,
): Promise<LayerFindings> {
  let bytes = 0;
  const raw = new Tap(chunksOf(source), (chunk) => {
    bytes += chunk.byteLength;
    onBytes(bytes);
  });
  const problems: string[] = [];
  const paths = new PathCheck();
  let encoding: Encoding = "none";
  try {
    const sniffed = await sniff(raw.chunks());
    ({ encoding } = sniffed);
    const hashers = hashersFor(diffIds);
    const tar = new Tap(decoded(sniffed), (chunk) => {
      for (const hasher of hashers.values()) hasher.update(chunk);
    });
    let tarProblem: unknown;
    try {
      for await (const entry of readTar(tar.chunks())) paths.look(entry);
    } catch (error) {
      tarProblem = error;
    }
    // Where it cannot be decompressed, the tar has failed for that alone.
    await tar.drain();
    if (tarProblem !== undefined) problems.push(faultOf(tarProblem));
    problems.push(...differences(diffIds, hashers));
  } catch (error) {
    // What the source fails with is thrown below.
    await raw.drain();
    problems.push(faultOf(error));
  }
  await raw.drain();
  return { encoding, problems, warnings: paths.warnings() };
}

function hashersFor(diffIds: ReadonlySet<Digest>): Map<HashAlgorithm, Hasher> {
  const algorithms = [...diffIds].map((id) => hashAlgorithm(id) ?? "sha256");
  return new Map(
    [...new Set(algorithms)].map((name) => [name, createHasher(name)]),
  );
}

function differences(
  diffIds: ReadonlySet<Digest>,
  hashers: ReadonlyMap<HashAlgorithm, Hasher>,
): string[] {
  const actual = new Map<HashAlgorithm | undefined, Digest>();
  for (const [name, hasher] of hashers) actual.set(name, hasher.digest());
  return [...diffIds].flatMap((id) => {
    const found = actual.get(hashAlgorithm(id));
    if (found === id) return [];
    return found === undefined
      ? `its diffID ${id} has an algorithm that cannot be verified here`
      : `its diffID is ${found}, and the configuration says ${id}`;
  });
}

/** Looks for paths that programs that unpack refuse, or write twice. */
class PathCheck {
  readonly #seen = new Set<string>();
  readonly #warnings: string[] = [];
  #count = 0;
  #room = MOST_CHARACTERS;

  look({ path, rawPath }: TarEntry): void {
    // Of such names, different ones may look the same.
    if (rawPath) return;
    try {
      const plain = layerPath(path);
      if (this.#seen.has(plain)) this.#warn(path, "occurs twice");
      else if (this.#seen.size < MOST_PATHS) this.#hold(plain);
    } catch (error) {
      if (!(error instanceof LayerError)) throw error;
      this.#warn(path, "leads out of the image, or is no path");
    }
  }

  warnings(): string[] {
    const more = this.#count - this.#warnings.length;
    return more > 0
      ? [...this.#warnings, `there are ${more} more such paths`]
      : this.#warnings;
  }

  #hold(path: string): void {
    this.#room -= path.length;
    if (this.#room >= 0) this.#seen.add(path);
  }

  #warn(path: string, why: string): void {
    this.#count++;
    if (this.#warnings.length === MOST_WARNINGS) return;
    const shown = path.length > 200 ? `${path.slice(0, 200)}...` : path;
    this.#warnings.push(`the path ${JSON.stringify(shown)} ${why}`);
  }
}
