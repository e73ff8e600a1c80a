import type { BuildFlags } from "../commands/build_flags.ts";

/** Of these, what the file has and what the command line has are united. */
const UNITED = [
  "allow-secret",
  "annotation",
  "env",
  "expose",
  "label",
  "os-feature",
  "volume",
] as const;

const HEALTH = [
  "health-cmd",
  "health-interval",
  "health-timeout",
  "health-start-period",
  "health-start-interval",
  "health-retries",
] as const;

/**
 * Lays the flags of the command line on those of a file. A flag takes the place
 * of the same one in the file; lists are united, and what the command line has
 * comes last and so wins. A flag also takes away what contradicts it.
 */
export function mergeFlags(file: BuildFlags, line: BuildFlags): BuildFlags {
  const below = withoutContradicted(file, line);
  const united = Object.fromEntries(
    UNITED.flatMap((name) => {
      const [first, second] = [below[name], line[name]];
      return first && second ? [[name, [...first, ...second]]] : [];
    }),
  );
  return { ...below, ...given(line), ...united };
}

/** A flag that was not given is there all the same, and is `undefined`. */
function given(line: BuildFlags): BuildFlags {
  return Object.fromEntries(
    Object.entries(line).filter(([, value]) => value !== undefined),
  );
}

/** What of the file still means something beside the command line. */
function withoutContradicted(file: BuildFlags, line: BuildFlags): BuildFlags {
  const away = new Set<string>();
  if (line["no-healthcheck"]) HEALTH.forEach((name) => away.add(name));
  if (HEALTH.some((name) => line[name] !== undefined)) {
    away.add("no-healthcheck");
  }
  const { compression = "gzip" } = file;
  if ((line.compression ?? compression) !== compression) {
    away.add("compression-level");
  }
  if (line["no-ignore"]) away.add("ignore-file");
  if (line["ignore-file"] !== undefined) away.add("no-ignore");
  if (line.secrets === "off") away.add("allow-secret");
  if (line["allow-secret"] && file.secrets === "off") away.add("secrets");
  if (line.from === "scratch") away.add("foreign-layers");
  if (line.platform) away.add("os-version").add("os-feature");
  return Object.fromEntries(
    Object.entries(file).filter(([name]) => !away.has(name)),
  );
}
