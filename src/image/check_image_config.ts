import type { ImageConfig } from "../spec/image.ts";

/**
 * Looks for values in an image configuration that no container could be run
 * with.
 *
 * @param refuse Is called with what is wrong; it throws.
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties}
 */
export function checkImageConfig(
  config: ImageConfig,
  refuse: (why: string) => void,
): void {
  for (const [name, value] of Object.entries(config.Labels ?? {})) {
    if (typeof value !== "string") {
      refuse(`the label ${JSON.stringify(name)} is no text`);
    }
  }
  for (const variable of config.Env ?? []) {
    if (!/^[^=]+=/.test(variable)) {
      refuse(`the variable ${JSON.stringify(variable)} is not NAME=value`);
    }
  }
  for (const port of Object.keys(config.ExposedPorts ?? {})) {
    const [, number, last = number] =
      /^(\d+)(?:-(\d+))?(?:\/(?:tcp|udp|sctp))?$/.exec(port) ?? [];
    if (!inRange(number) || !inRange(last) || Number(last) < Number(number)) {
      refuse(
        `the port ${JSON.stringify(port)} is not 1 to 65535, ` +
          "with /tcp, /udp or /sctp behind it where wanted",
      );
    }
  }
  const directories = [
    ...Object.keys(config.Volumes ?? {}),
    ...(config.WorkingDir ? [config.WorkingDir] : []),
  ];
  // Windows images have paths with a drive letter.
  for (const directory of directories) {
    if (!/^(?:\/|[A-Za-z]:[\\/])/.test(directory)) {
      refuse(`the directory ${JSON.stringify(directory)} is not absolute`);
    }
  }
}

function inRange(port: string | undefined): boolean {
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65535;
}
