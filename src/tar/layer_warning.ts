/** Something about a tree that does not stop the work, and yet may surprise. */
export interface LayerWarning {
  /**
   * The path: on disk where the entry came from there, else in the layer; the
   * digest where a layer as a whole is meant.
   */
  readonly path: string;
  /** One line about it for a person, with the path in it. */
  readonly message: string;
  /**
   * What it is about, for programs: `BASE` where a layer of a base image cannot
   * be looked into, `NAMES` where names differ in case or Unicode form only,
   * `SOCKET` where a socket is left out, `TAR` for what Docker or podman refuse
   * in a tar, `XATTRS` where extended attributes cannot be read on this computer.
   */
  readonly code?: "BASE" | "NAMES" | "SOCKET" | "TAR" | "XATTRS";
}

/** Is told what is odd about a tree. */
export type OnLayerWarning = (warning: LayerWarning) => void;
