/** Something about a tree that does not stop the work, and yet may surprise. */
export interface LayerWarning {
  /** The path: on disk where the entry came from there, else in the layer. */
  readonly path: string;
  /** One line about it for a person, with the path in it. */
  readonly message: string;
  /**
   * What it is about, for programs: `NAMES` where names differ in case or Unicode
   * form only, `SOCKET` where a socket is left out, `TAR` for what Docker or
   * podman refuse in a tar, `XATTRS` where extended attributes cannot be read on
   * this computer.
   */
  readonly code?: "NAMES" | "SOCKET" | "TAR" | "XATTRS";
}

/** Is told what is odd about a tree. */
export type OnLayerWarning = (warning: LayerWarning) => void;
