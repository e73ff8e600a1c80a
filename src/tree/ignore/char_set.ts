/** Characters in brackets. */
export class CharSet {
  readonly #negated: boolean;

  /** First and last code points of ranges, one after the other. */
  readonly #bounds: readonly number[];

  /**
   * Characters of ranges, or all others.
   *
   * @param bounds First and last code points of ranges, one after the other.
   * @param negated Whether they are left out.
   */
  constructor(bounds: readonly number[], negated: boolean) {
    this.#bounds = bounds;
    this.#negated = negated;
  }

  /** Whether a character is one of these. */
  has(code: number): boolean {
    for (let at = 0; at < this.#bounds.length; at += 2) {
      if (code >= this.#bounds[at]! && code <= this.#bounds[at + 1]!) {
        return !this.#negated;
      }
    }
    return this.#negated;
  }
}

/** What `*` and `?` stand for. */
export const inName: CharSet = new CharSet([0x2f, 0x2f], true);

/** What `.` stands for in an expression. */
export const onLine: CharSet = new CharSet([0x0a, 0x0a], true);
