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
    "sha256:5d110c430665005a8013c7c1b87d26f8c6e5196590839f8ada317c413941f9bb",
  image:
    "sha256:be592ddee431eac9b23ae8657bc5ad38427b88c5b3aaa03a1d14ecf43c29dc83",
  layer:
    "sha256:716081d55108d3a1af202ce8cab925448dc74e3f9759f4663bcadaa774a3ded3",
  diffId:
    "sha256:79edb688fa538d65af7f8b47c7b02c368d9e780d81d270840af673f37be3d1b3",
};
