/** The level of libdeflate that gives the smallest size. */
export const MAX_LEVEL = 12;

/** The level of zstd that gives the smallest size in reasonable memory. */
export const MAX_ZSTD_LEVEL = 19;

/** Most blocks that can be compressed at the same time. */
export const MOST_JOBS = 256;
