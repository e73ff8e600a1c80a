/** The two numbers of a device. */
export interface DeviceNumber {
  /** Number of the driver. */
  readonly major: number;
  /** Number of the device. */
  readonly minor: number;
}

/**
 * Takes the number of a device apart, which every system puts together in its
 * own way.
 *
 * @param rdev As `stat` gives it.
 * @param platform The system.
 *
 * @see {@link https://sourceware.org/git/?p=glibc.git;a=blob;f=bits/sysmacros.h}
 * @see {@link https://github.com/apple-oss-distributions/xnu/blob/main/bsd/sys/types.h}
 */
export function deviceNumber(
  rdev: bigint,
  platform: string | undefined = globalThis.process?.platform,
): DeviceNumber {
  if (platform === "darwin") {
    return {
      major: Number((rdev >> 24n) & 0xffn),
      minor: Number(rdev & 0xffffffn),
    };
  }
  return {
    major: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)),
    minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)),
  };
}
