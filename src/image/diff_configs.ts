import { joinVariables } from "../spec/config_rules.ts";
import type { Image, ImageConfig } from "../spec/image.ts";

/** Something in the configuration of an image that is other than it was. */
export interface ConfigChange {
  /** The member, as the specification names it: `os`, `Entrypoint`, `Env`. */
  readonly name: string;
  /** Which variable, label, port or volume it is. */
  readonly key?: string;
  /** What it was; nothing where it was not there. */
  readonly before?: unknown;
  /** What it is; nothing where it is not there. */
  readonly after?: unknown;
}

/** Members of the document itself, without those that every build changes. */
const OUTER = [
  "os",
  "os.version",
  "os.features",
  "architecture",
  "variant",
  "author",
] as const satisfies readonly (keyof Image)[];

/** Members of its `config`. */
const INNER = [
  "Entrypoint",
  "Cmd",
  "Env",
  "User",
  "WorkingDir",
  "ExposedPorts",
  "Volumes",
  "Labels",
  "StopSignal",
  "StopTimeout",
  "Healthcheck",
  "Shell",
  "OnBuild",
  "ArgsEscaped",
] as const satisfies readonly (keyof ImageConfig)[];

/**
 * Compares how two images are run and what they run on. Not compared are the
 * time, the history and the layers, and what Docker once noted of the container
 * that an image was made in. What is empty counts as absent.
 *
 * @example
 * ```ts
 * import { createImage, createLayer, diffConfigs } from "@x/scratchbuild/core";
 *
 * const layers = [await createLayer([{ type: "file", path: "a", body: "a" }])];
 * const before = await createImage({ layers, config: { Env: ["A=1"] } });
 * const after = await createImage({ layers, config: { Env: ["A=2"] } });
 * console.log(diffConfigs(before.config.value, after.config.value));
 * ```
 */
export function diffConfigs(before: Image, after: Image): ConfigChange[] {
  const changes: ConfigChange[] = [];
  const compare = (name: string, one: unknown, other: unknown) => {
    if (isSame(one, other)) return;
    changes.push({ name, ...sides(one, other) });
  };
  for (const name of OUTER) compare(name, before[name], after[name]);
  for (const name of INNER) {
    const one = before.config?.[name];
    const other = after.config?.[name];
    if (["Env", "ExposedPorts", "Volumes", "Labels"].includes(name)) {
      changes.push(...diffMembers(name, membersOf(one), membersOf(other)));
    } else compare(name, one, other);
  }
  return changes;
}

function diffMembers(
  name: string,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): ConfigChange[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].sort().flatMap((key) => {
    const one = before.get(key);
    const other = after.get(key);
    const same = before.has(key) === after.has(key) &&
      textOf(one) === textOf(other);
    return same ? [] : [{ name, key, ...sides(one, other) }];
  });
}

/** Members by their names, of an object or of `NAME=value`. */
function membersOf(value: unknown): Map<string, unknown> {
  if (!Array.isArray(value)) return new Map(Object.entries(value ?? {}));
  const variables = value.filter((entry) => typeof entry === "string");
  return new Map(
    joinVariables(variables).map((entry) => {
      const [, name = "", text = ""] = /^([^=]*)=?(.*)$/s.exec(entry) ?? [];
      return [name, text];
    }),
  );
}

function sides(
  before: unknown,
  after: unknown,
): Pick<ConfigChange, "before" | "after"> {
  return {
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

/** Equal for equal values; what is empty is as good as `null`. */
function textOf(value: unknown): string {
  const text = JSON.stringify(
    value ?? null,
    (_, member) =>
      typeof member === "object" && member !== null && !Array.isArray(member)
        ? Object.fromEntries(
          Object.entries(member).sort(([a], [b]) => a < b ? -1 : 1),
        )
        : member,
  );
  return ['""', "[]", "{}", "false", "0"].includes(text) ? "null" : text;
}
