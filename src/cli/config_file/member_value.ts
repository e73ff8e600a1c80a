import { isObject } from "../../spec/check_descriptor.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import type { Refuse } from "../../spec/parse_json.ts";
import { listed, quoted } from "../parse/usage_error.ts";

/** A flag, as far as a value of it has to be read. */
export interface ReadableFlag {
  /** `boolean` flags stand alone, all others take a value. */
  readonly kind: "boolean" | "counter" | "enum" | "parsed";
  /** Reads a value, of a `parsed` one. */
  readonly parse?: (text: string) => unknown;
  /** All values, of an `enum`. */
  readonly values?: readonly string[];
  /** Whether it can be given several times. */
  readonly variadic?: boolean | string;
}

/** A member of a file that stands for a flag. */
export interface Member {
  /** Where it is, for messages: `env`, `healthcheck.interval`. */
  readonly where: string;
  /** Name of the flag. */
  readonly name: string;
  /** How the flag is read. */
  readonly flag: ReadableFlag;
  /** What the file has. */
  readonly value: unknown;
}

/** A list is one command, and no list of values. */
const COMMANDS: readonly string[] = ["cmd", "entrypoint", "health-cmd"];

/** They may be objects. */
const PAIRS: readonly string[] = ["annotation", "env", "label"];

/**
 * Reads a member of a file as the flag is read that it stands for.
 *
 * @param refuse Makes an error of what is wrong.
 * @returns What the flag would give; `undefined` where it is not set.
 * @throws What `refuse` makes.
 */
export function memberValue(member: Member, refuse: Refuse): unknown {
  const { where, flag, value } = member;
  if (flag.kind === "boolean") {
    if (typeof value === "boolean") return value || undefined;
    throw refuse(`${where} is neither true nor false`);
  }
  const texts = textsOf(member, refuse);
  const values = texts.map((text) => parsed(member, text, refuse));
  if (flag.variadic) return values;
  if (values.length === 1) return values[0];
  throw refuse(`${where} is a list, and takes one value only`);
}

function textsOf(member: Member, refuse: Refuse): string[] {
  const { where, name, value } = member;
  if (Array.isArray(value)) {
    return COMMANDS.includes(name)
      ? [JSON.stringify(value)]
      : value.map((item, index) =>
        textOf(item, `item ${index + 1} of ${where}`, refuse)
      );
  }
  if (!isObject(value) || !PAIRS.includes(name)) {
    return [textOf(value, where, refuse)];
  }
  return Object.entries(value).map(([key, text]) => {
    if (key === "" || key.includes("=")) {
      throw refuse(`${where} has the name ${quoted(key)}, which cannot be`);
    }
    // As in Compose files: the environment has the value.
    if (text === null && name === "env") return key;
    if (typeof text === "string") return `${key}=${text}`;
    throw refuse(`${quoted(key)} in ${where} is no text; put it in quotes`);
  });
}

function textOf(value: unknown, where: string, refuse: Refuse): string {
  if (typeof value === "string") return value;
  if (Number.isSafeInteger(value)) return String(value);
  throw refuse(`${where} is no text`);
}

function parsed(
  { where, flag }: Member,
  text: string,
  refuse: Refuse,
): unknown {
  if (flag.values) {
    if (flag.values.includes(text)) return text;
    throw refuse(`${where} ${quoted(text)}: write ${listed(flag.values)}`);
  }
  try {
    return flag.parse?.(text);
  } catch (error) {
    if (!(error instanceof ScratchbuildError)) throw error;
    // "Cannot use --user "a b": why" is about a flag that nobody wrote.
    const why = error.message.replace(/^Cannot use --[a-z-]+/, "")
      .replace(/^Cannot/, ": cannot");
    throw refuse(where + why);
  }
}
