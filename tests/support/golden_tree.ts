/** What an image in an OCI layout is known by. */
export interface Digests {
  readonly manifest: string;
  readonly image: string;
  readonly layer: string;
  readonly diffId: string;
}

/**
 * Those of the tree of `makeTree`: the same on every runtime and every machine.
 */
export const GOLDEN_TREE: Digests = {
  manifest:
    "sha256:16d49255e2be42ab16d8de2379b154e758b90e0cd565c0676ba34c5e55abdd13",
  image:
    "sha256:a0338d0e71fab9eb26a99f84b1eaad6b26d07c1adc1eaba3968f34f8f3205cb3",
  layer:
    "sha256:d5d88e1f01b7248a383bf3e0a7d4868338ae6248f9a4e597f1f66d83cc0f9ce7",
  diffId:
    "sha256:2d4ab98b50b127c25762142c5e44b8761089eb108554e52352e28430c6896c48",
};
