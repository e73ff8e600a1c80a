import { joinVariables } from "../spec/config_rules.ts";
import type { ImageConfig } from "../spec/image.ts";

const UNITED = ["ExposedPorts", "Labels", "Volumes"] as const;
const COMMANDS = ["Entrypoint", "Cmd"] as const;

/**
 * Lays one configuration on another, as an image does that is built on a base:
 *
 * - variables are joined by name: those of the lower one keep their places,
 *   values of the upper one win, its further ones come behind;
 * - labels, ports and volumes are united, the upper one's labels win;
 * - an entrypoint of the upper one takes the command of the lower one away,
 *   which was made of arguments for another program;
 * - an entrypoint or a command without words takes that of the lower one away;
 * - whatever else the upper one has takes the place of what the lower one has.
 *
 * Neither is changed. Members that are `undefined` or `null` count as absent.
 *
 * @see {@link https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact}
 *
 * @example
 * ```ts
 * import { mergeImageConfig } from "@x/scratchbuild/core";
 *
 * const config = mergeImageConfig(
 *   { Env: ["PATH=/bin", "MODE=test"], Cmd: ["/bin/sh"] },
 *   { Env: ["MODE=live"], Entrypoint: ["/app"] },
 * );
 * console.log(config.Env); // ["PATH=/bin", "MODE=live"]
 * console.log(config.Cmd); // undefined
 * ```
 */
export function mergeImageConfig(
  lower: ImageConfig,
  upper: ImageConfig,
): ImageConfig {
  const below = present(lower);
  const above = present(upper);
  if (above.Entrypoint && !above.Cmd) delete below.Cmd;
  const merged: ImageConfig = { ...below, ...above };
  if (below.Env && above.Env) {
    merged.Env = joinVariables([...below.Env, ...above.Env]);
  }
  for (const name of COMMANDS) {
    if (below[name] && above[name]?.length === 0) delete merged[name];
  }
  for (const name of UNITED) {
    if (!below[name] || !above[name]) continue;
    Object.assign(merged, { [name]: { ...below[name], ...above[name] } });
  }
  return merged;
}

function present(config: ImageConfig): ImageConfig {
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) =>
      value !== undefined && value !== null
    ),
  );
}
