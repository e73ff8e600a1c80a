/** What tells a file or directory from every other one on this computer. */
export interface Identity {
  /** Device. */
  readonly dev: number;
  /** Number of the inode. */
  readonly ino: number;
}

/** Whether both are the same file or directory. */
export function isSame(a: Identity, b: Identity): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
