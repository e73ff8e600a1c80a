import type { Lower, LowerEntry } from "./lower.ts";

/**
 * A {@linkcode Lower} that remembers what it was asked and what it answered: a
 * layer that was built on it is the same on whatever gives the same answers.
 */
export class RecordedLower {
  readonly #lower: Lower;
  readonly #answers = new Map<string, LowerEntry | undefined>();

  /** @param lower Gives the answers. */
  constructor(lower: Lower) {
    this.#lower = lower;
  }

  /** What lies at a path: see {@linkcode Lower}. */
  async find(path: string): Promise<LowerEntry | undefined> {
    const answer = await this.#lower(path);
    this.#answers.set(path, answer);
    return answer;
  }

  /**
   * Whether another one answers all that was asked in the same way.
   *
   * @throws What the other one fails with.
   */
  async isSame(other: Lower): Promise<boolean> {
    for (const [path, answer] of this.#answers) {
      if (!isEqual(answer, await other(path))) return false;
    }
    return true;
  }
}

/** Whether two answers mean the same to a layer. */
function isEqual(
  a: LowerEntry | undefined,
  b: LowerEntry | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.type === b.type && a.target === b.target &&
    (a.isKept ?? false) === (b.isKept ?? false) &&
    a.mode === b.mode && a.uid === b.uid && a.gid === b.gid &&
    a.mtime === b.mtime &&
    (a.mtimeNanoseconds ?? 0) === (b.mtimeNanoseconds ?? 0) &&
    hasEqualXattrs(a, b);
}

function hasEqualXattrs(
  { xattrs: a = {} }: LowerEntry,
  { xattrs: b = {} }: LowerEntry,
): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const [one, two] = [a[name], b[name]];
    return one !== undefined && two !== undefined &&
      one.byteLength === two.byteLength &&
      one.every((byte, at) => byte === two[at]);
  });
}
